"""The tables that analysts read, one for each kind of thing that the graph has a list of.

Their columns follow from the read models and the vocabulary. Memberships are the exception: the read model has the
stays of a member in one value, and analysts have them as rows of a table of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.cohorts import OrganisationJoined, OrganisationLeft
from events.vocabulary.words import LISTS, field_words
from projections.folding.projection import Facts, Projection, Subjects
from projections.folding.tables import ABOUT, MOMENT, TEXT, Row, position
from projections.models import PROJECTIONS
from projections.models.cohorts import Memberships
from projections.tables.columns import TableColumn, columns_of


@dataclass(frozen=True, slots=True)
class AnalystTable:
    """A table: its name, the projection whose rows it has, what a row is, and its columns.

    `key` names the columns that identify a row. `about` is, for events about a subject, the column that names it.
    """

    name: str
    projection: Projection
    description: str
    columns: tuple[TableColumn, ...]
    key: tuple[str, ...]
    about: TableColumn | None = field(default=None)

    @property
    def kind(self) -> str | None:
        """The kind of subjects that the rows are, None for other rows."""
        return self.projection.kind if isinstance(self.projection, Subjects) else None


def _table(projection: Projection) -> AnalystTable:
    columns = columns_of(projection)
    named = {column.source: column for column in columns}
    is_subject = isinstance(projection, Subjects)
    return AnalystTable(
        str(projection.name),  # as with columns, a quoted_name
        projection,
        _first_sentence(projection),
        columns,
        ("key",) if is_subject else ("position",),
        None if is_subject else named[projection.table.info[ABOUT]],
    )


def _first_sentence(projection: Projection) -> str:
    text = " ".join((type(projection).__doc__ or "").split())
    first = text.partition(". ")[0].partition("; ")[0].rstrip(".")
    return f"{first}."


# Memberships

_MEMBERSHIPS: Final = next(one for one in PROJECTIONS if isinstance(one, Memberships))


def _said(kind: type, field: str, name: str, type_: Any = TEXT, **more: Any) -> TableColumn:
    words = field_words(VOCABULARY.named(kind.name), field)  # type: ignore[attr-defined]  # an event type
    assert words is not None
    return TableColumn(name, field, type_, words.title, words.question, **more)


_MEMBER: Final = (
    TableColumn(
        "organisation",
        "organisation",
        TEXT,
        "Organisation",
        "The organisation that is or was a member.",
        refers=("organisation",),
    ),
    TableColumn(
        "cohort", "cohort", TEXT, "Cohort", "The cohort that it joined.", refers=("cohort",)
    ),
)

MEMBERSHIPS: Final = AnalystTable(
    "memberships",
    _MEMBERSHIPS,
    "A row per organisation and cohort that it has ever joined.",
    (
        *_MEMBER,
        TableColumn(
            "present",
            "present",
            Boolean(),
            "Present",
            "Whether it joined and has not left. Empty if the viewer may not see whether it left.",
        ),
    ),
    ("organisation", "cohort"),
)

STAYS: Final = AnalystTable(
    "stays",
    _MEMBERSHIPS,
    "A row per period in which an organisation was a member of a cohort.",
    (
        *_MEMBER,
        TableColumn("joined_at", "joined_at", MOMENT, "Joined at", "When it joined.", True),
        TableColumn(
            "joined_position",
            "joined_position",
            position("joined_position").type,
            "Joined at position",
            "The position in the log of the event by which it joined.",
            True,
        ),
        _said(OrganisationJoined, "motivation", "motivation"),
        TableColumn(
            "left_at",
            "left_at",
            MOMENT,
            "Left at",
            "When it left. Empty while it is a member, and if the viewer may not see that it left.",
        ),
        TableColumn(
            "left_position",
            "left_position",
            position("left_position").type,
            "Left at position",
            "The position in the log of the event by which it left.",
        ),
        _said(OrganisationLeft, "reason", "leave_reason", terms=LISTS["LeaveReason"]),
        _said(OrganisationLeft, "note", "note"),
    ),
    ("joined_position",),
)

LEAVING: Final = frozenset({"left_at", "left_position", "reason", "note"})
"""The parts of a stay that say how it ended."""


def stay_row(membership: Row, stay: Mapping[str, Any], *, leaving_seen: bool) -> Row:
    """Return a stay of a membership as a row of `STAYS`, without its end if that is hidden."""
    found: dict[str, Any] = {
        "organisation": membership["organisation"],
        "cohort": membership["cohort"],
    }
    for column in STAYS.columns[2:]:
        value = None if column.source in LEAVING and not leaving_seen else stay[column.source]
        if column.type is MOMENT and value is not None:
            value = datetime.fromisoformat(value)
        found[column.name] = value
    return found


# All tables

TABLES: Final[Mapping[str, AnalystTable]] = {
    table.name: table
    for projection in PROJECTIONS
    if isinstance(projection, Subjects | Facts | Memberships)
    for table in ((MEMBERSHIPS, STAYS) if projection is _MEMBERSHIPS else (_table(projection),))
}
"""The tables by name, in the order of the read models."""

FOLDED: Final = tuple(dict.fromkeys(table.projection for table in TABLES.values()))
"""The projections whose rows the tables have."""

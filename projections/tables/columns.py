"""The columns of analysts' tables: what is in them, in the words of the vocabulary.

A column has a column of the read models as its source, and the name that its field has in the graph. Its title and its
description are those of the field of an event that gives it its values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from sqlalchemy import ARRAY
from sqlalchemy import Column as SqlColumn

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.stream import Kind
from events.vocabulary.types import Mark
from events.vocabulary.types.record import VisibilityChanged
from events.vocabulary.words import LISTS, field_words
from events.vocabulary.words.wording import ClosedList
from projections.folding.projection import Projection, Subjects
from projections.folding.tables import ABOUT, SECTOR_FOLDED, THEMES_FOLDED, WORDING


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of an analysts' table: its name, the column of the read models that it is, and what it means.

    `type` is a type of SQLAlchemy. If the column names subjects, `refers` has their kinds; the values are keys if there
    is one kind, and streams (`<kind>/<key>`) if there are several. `terms` is the closed list of its values, if any.
    """

    name: str
    source: str
    type: Any
    title: str
    description: str
    is_required: bool = False
    refers: tuple[Kind, ...] = ()
    terms: ClosedList | None = None

    @property
    def is_list(self) -> bool:
        """Whether a value is a list."""
        return isinstance(self.type, ARRAY)

    @property
    def prefix(self) -> str:
        """What stands before a value in the stream of the subject that it names."""
        return f"{self.refers[0]}/" if len(self.refers) == 1 else ""


_INTERNAL: Final = frozenset(
    {"audience", "leaving", "created_level", WORDING, THEMES_FOLDED, SECTOR_FOLDED}
)
_MOMENTS: Final = ("position", "updated_position")
"""The positions that are shown. The others stand beside a time, and only order it."""

_UNOWNED: Final[Mapping[str, frozenset[str]]] = {
    "organisation": frozenset({"cohort", "organisation", "pairing", "session"}),
    "cohort": frozenset({"cohort", "organisation"}),
}
"""The kinds of subjects that never belong to one organisation, or to a cohort."""

_NAMES: Final[Mapping[str, str]] = {"occurred_at": "time", "level": "visibility"}
"""Names in the graph that differ from those of the read models in every table."""

_NAMES_IN: Final[Mapping[tuple[str, str], str]] = {
    ("cohorts", "question"): "shared_question",
    ("questions", "learnings"): "answers",
    ("publications", "kind"): "publication_kind",
    ("publications", "cites"): "citations",
    ("sessions", "kind"): "session_kind",
    ("inspirations", "kind"): "inspiration_kind",
    ("commitments", "outcome"): "commitment_outcome",
    ("participations", "participation_level"): "level",
}
"""Names in the graph that differ in one table."""

_FIELDS: Final[Mapping[tuple[str, str], str]] = {
    ("learnings", "sources"): "from",
    ("iterations", "conclusion"): "summary",
    ("iterations", "cost_amount"): "cost",
    ("iterations", "cost_currency"): "cost",
    ("participations", "participation_level"): "level",
}
"""The fields of events that have another name than their columns."""

_COMMON: Final[Mapping[str, tuple[str, str]]] = {
    "key": ("Key", "The key under which it was recorded."),
    "position": ("Position", "The position in the log of the event that created or recorded it."),
    "time": ("Time", "When it happened, as its sender provided it, in UTC."),
    "time_precision": ("Precision of the time", "How exactly the time is known. Empty if unknown."),
    "organisation": ("Organisation", "The organisation that owns it, or that acted."),
    "cohort": ("Cohort", "The cohort that it belongs to, or in which it happened."),
    "visibility": ("Visibility", "Its current visibility level."),
    "updated_at": ("Updated at", "The time of its last change."),
    "updated_position": ("Updated at position", "The position of its last change in the log."),
    "state": ("State", "Its current state."),
    "shared": ("Shared", "Whether it is the shared question of a cohort."),
    "closed_at": ("Closed at", "When it was closed. Empty while it is open."),
    "started_at": ("Started at", "When it was started. Empty if it has not been started."),
    "concluded_at": ("Concluded at", "When it was concluded. Empty until then."),
    "ended_at": ("Ended at", "When it was ended for itself. Empty if it was not."),
    "settled_at": ("Settled at", "When it was settled. Empty if it is not settled."),
    "withdrawn_at": ("Withdrawn at", "When it was withdrawn. Empty if it has not been."),
    "forgotten_at": ("Forgotten at", "When the person was forgotten. Empty if that is not so."),
}
"""The titles and descriptions of columns that no field of an event has."""


def columns_of(projection: Projection) -> tuple[TableColumn, ...]:
    """Return the columns of the table of a projection, in their order there. Raises KeyError if one lacks words."""
    kinds = _kinds(projection)
    personal = {field for kind in kinds for field in kind.personal}
    return tuple(
        _column(projection, column, kinds)
        for column in projection.table.columns
        if _is_shown(projection, column) and column.name not in personal
    )


def _is_shown(projection: Projection, column: SqlColumn[Any]) -> bool:
    name = column.name
    if name == "level":
        return isinstance(projection, Subjects)
    if isinstance(projection, Subjects) and name in ("organisation", "cohort"):
        return projection.kind not in _UNOWNED[name]
    return name not in _INTERNAL and (not name.endswith("position") or name in _MOMENTS)


def _column(
    projection: Projection, column: SqlColumn[Any], kinds: Sequence[EventKind]
) -> TableColumn:
    source = str(column.name)  # not a quoted_name, which is no key of a JSON object
    table = projection.table
    name = _NAMES_IN.get((table.name, source)) or _NAMES.get(source, source)
    field = _FIELDS.get((table.name, source), source)
    found = next(_said(kinds, field, name.replace("_", " ")), None)
    title, description = _COMMON[name] if name in _COMMON or found is None else found
    return TableColumn(
        name,
        source,
        column.type,
        title,
        description,
        is_required=not column.nullable,
        refers=() if source == "key" else _refers(source, field, kinds),
        terms=next(_terms(kinds, field), None),
    )


def _kinds(projection: Projection) -> list[EventKind]:
    """Return the types that give the table its values, those that make a row of this subject first."""
    found = [VOCABULARY.named(name) for name in projection.handlers]
    own = [
        kind
        for kind in found
        if kind.mark not in (Mark.VOIDS, Mark.CORRECTS) and kind.name != VisibilityChanged.name
    ]
    about = projection.kind if isinstance(projection, Subjects) else projection.table.info[ABOUT]
    return sorted(
        own, key=lambda kind: (kind.mark is Mark.MOVES, kind.references[0].field != about)
    )


def _said(kinds: Sequence[EventKind], field: str, column: str) -> Iterator[tuple[str, str]]:
    """Yield the title and the description that types give a column. The words of a new key are for its sender alone."""
    for kind in kinds:
        words = field_words(kind, field) if field in kind.fields else None
        if any(one.field == field and one.creates for one in kind.references):
            yield column.capitalize(), f"The key of the {column}."
        elif words is not None:
            yield words.title, words.question


def _refers(source: str, field: str, kinds: Sequence[EventKind]) -> tuple[Kind, ...]:
    if source in ("organisation", "cohort"):
        return (source,)  # type: ignore[return-value]  # both are kinds
    for kind in kinds:
        for reference in kind.references:
            if reference.field == field:
                return reference.kinds
    return ()


def _terms(kinds: Sequence[EventKind], field: str) -> Iterator[ClosedList]:
    for kind in kinds:
        for name, model_field in kind.model.model_fields.items():
            if (model_field.alias or name) == field:
                hints = get_type_hints(kind.model)
                for inner in _inner(hints[name]):
                    if isinstance(inner, type) and inner.__name__ in LISTS:
                        yield LISTS[inner.__name__]


def _inner(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in (Annotated, Union, UnionType, list):
        for argument in get_args(annotation):
            yield from _inner(argument)
    else:
        yield annotation

"""What the tables of all read models share, the checkpoint beside them, and the log they are computed from.

They stand in a PostgreSQL schema that each build of the code has for itself, so tables are declared in the symbolic
schema `READ_MODELS` and addressed through `schema_translate_map`. Text sorts by code point everywhere.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

READ_MODELS: Final = "read_models"

metadata: Final = MetaData(schema=READ_MODELS)

REFERS: Final = "refers"
WORDING: Final = "wording"
THEMES_FOLDED: Final = "themes_folded"
SECTOR_FOLDED: Final = "sector_folded"

TEXT: Final = Text(collation="C")
TEXTS: Final = ARRAY(TEXT)
MOMENT: Final = DateTime(timezone=True)


def text(name: str, **more: Any) -> Column[str]:
    """Return a column of text."""
    return Column(name, TEXT, **more)


def texts(name: str) -> Column[list[str]]:
    """Return a column of a list of texts, which may be empty."""
    return Column(name, TEXTS, nullable=False)


def reference(name: str) -> Column[str]:
    """Return a column of a subject's key, whose rows are found by it."""
    return Column(name, TEXT, info={REFERS: True})


def references(name: str) -> Column[list[str]]:
    """Return a column of keys or streams of subjects, whose rows are found by any of them."""
    return Column(name, TEXTS, nullable=False, info={REFERS: True})


def worded(name: str) -> Column[str]:
    """Return a column of text in somebody's words; all of a row's stand folded in its column `wording`, a line each."""
    return Column(name, TEXT, info={WORDING: True})


def themes() -> tuple[Column[list[str]], Column[list[str]]]:
    """Return a column of themes as they were written, and one of their folded forms, each once."""
    return texts("themes"), texts(THEMES_FOLDED)


def sector(*, is_worded: bool) -> tuple[Column[str], Column[str]]:
    """Return a column of a sector as it was written, searched as wording or not, and one of its folded form."""
    return (worded if is_worded else text)("sector"), text(SECTOR_FOLDED)


def moment(name: str, **more: Any) -> Column[Any]:
    """Return a column of a point in time."""
    return Column(name, MOMENT, **more)


def day(name: str) -> Column[Any]:
    """Return a column of a calendar day."""
    return Column(name, Date)


def position(name: str, **more: Any) -> Column[int]:
    """Return a column of a place in the log."""
    return Column(name, BigInteger, autoincrement=False, **more)


def integer(name: str) -> Column[int]:
    """Return a column of an integer."""
    return Column(name, BigInteger)


def small(name: str, **more: Any) -> Column[int]:
    """Return a column of a small integer."""
    return Column(name, Integer, **more)


def number(name: str) -> Column[float]:
    """Return a column of a number as it was told."""
    return Column(name, Double)


def flag(name: str) -> Column[bool]:
    """Return a column of yes or no."""
    return Column(name, Boolean)


def subjects(name: str, *columns: Any) -> Table:
    """Return a table with a row for each subject of one kind.

    `position` and `occurred_at` are of the event that created it; `organisation` and `cohort` are whose and where it
    is, for good; `level` is to whom it is shown now, `created_level` to whom it was at first; `audience` are the tokens
    of those who see it (see `events.access.audience`). `updated_at` and `updated_position` are of the last event that
    changed it (see `Subjects.updated`).
    """
    return Table(
        name,
        metadata,
        text("key", primary_key=True),
        position("position", nullable=False, unique=True),
        moment("occurred_at", nullable=False),
        text("organisation"),
        text("cohort"),
        text("level", nullable=False),
        text("created_level", nullable=False),
        texts("audience"),
        moment("updated_at", nullable=False),
        position("updated_position", nullable=False),
        *columns,
        *_wording(columns),
        *_referring(name, columns),
        Index(f"{name}_of_organisation", "organisation", "position"),
        Index(f"{name}_of_cohort", "cohort", "position"),
    )


def facts(name: str, about: str, *columns: Any, by: Iterable[str] = ()) -> Table:
    """Return a table with a row for each event of one or more types, at the event's position.

    `about` names the column of the subject that it is about, `by` others by which rows are found. `organisation` is
    whose doing it is, `cohort` the event's; `level` is the one it was given for itself, if that has an effect;
    `audience` are the tokens of those who see it, null where it is seen like its subject.
    """
    return Table(
        name,
        metadata,
        position("position", primary_key=True),
        moment("occurred_at", nullable=False),
        text("organisation"),
        text("cohort"),
        text("level"),
        Column("audience", TEXTS),
        *columns,
        *_wording(columns),
        *_referring(name, columns),
        *(Index(f"{name}_by_{column}", column, "position") for column in (about, *by)),
    )


def _wording(columns: Iterable[Any]) -> Iterator[Column[str]]:
    if any(column.info.get(WORDING) for column in columns):
        yield text(WORDING, nullable=False)


def _referring(name: str, columns: Iterable[Any]) -> Iterator[Index]:
    for column in columns:
        if column.info.get(REFERS):
            how = "gin" if isinstance(column.type, ARRAY) else "btree"
            yield Index(f"{name}_by_{column.name}", column, postgresql_using=how)


checkpoint: Final = Table(
    "checkpoint",
    metadata,
    # One row and no more: whoever holds its lock is the one that projects.
    Column("single", Boolean, CheckConstraint("single"), primary_key=True, default=True),
    position("position", nullable=False),
)

log_events: Final = Table(
    "events",
    # The log's own table: an entry's line is read where it stands, so that it is served to the byte and kept once.
    MetaData(),
    Column("position", BigInteger, primary_key=True),
    Column("type", TEXT, nullable=False),
    Column("streams", JSON, nullable=False),
    Column("event", JSON, nullable=False),
)

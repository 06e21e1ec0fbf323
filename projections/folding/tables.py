"""Columns and tables that the read models share, the checkpoint, and the log's table. Models and queries use it.

Each build of the code has its read models in a PostgreSQL schema of its own. Tables are therefore declared in the
symbolic schema `READ_MODELS` and addressed through `schema_translate_map`. Text is sorted by code point everywhere.
"""

from collections.abc import Iterable, Iterator, Mapping
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
ABOUT: Final = "about"
WORDING: Final = "wording"
THEMES_FOLDED: Final = "themes_folded"
SECTOR_FOLDED: Final = "sector_folded"

TEXT: Final = Text(collation="C")
TEXTS: Final = ARRAY(TEXT)
MOMENT: Final = DateTime(timezone=True)

Row = Mapping[str, Any]
"""The values of a row, by column name."""
Key = tuple[Any, ...]
"""The values of a table's primary key, in the order of its columns."""


def text(name: str, **more: Any) -> Column[str]:
    """Return a column for a text."""
    return Column(name, TEXT, **more)


def texts(name: str) -> Column[list[str]]:
    """Return a column for a list of texts, which may be empty."""
    return Column(name, TEXTS, nullable=False)


def reference(name: str) -> Column[str]:
    """Return an indexed column for a subject's key."""
    return Column(name, TEXT, info={REFERS: True})


def references(name: str) -> Column[list[str]]:
    """Return an indexed column for a list of keys or streams of subjects."""
    return Column(name, TEXTS, nullable=False, info={REFERS: True})


def worded(name: str) -> Column[str]:
    """Return a column for free text. `wording` has the folded form of all such texts of a row, a line each."""
    return Column(name, TEXT, info={WORDING: True})


def themes() -> tuple[Column[list[str]], Column[list[str]]]:
    """Return a column for themes as they were written, and one for their distinct folded forms."""
    return texts("themes"), texts(THEMES_FOLDED)


def sector(*, is_worded: bool) -> tuple[Column[str], Column[str]]:
    """Return a column for a sector as it was written, as free text if `is_worded`, and one for its folded form."""
    return (worded if is_worded else text)("sector"), text(SECTOR_FOLDED)


def moment(name: str, **more: Any) -> Column[Any]:
    """Return a column for a point in time."""
    return Column(name, MOMENT, **more)


def day(name: str) -> Column[Any]:
    """Return a column for a calendar day."""
    return Column(name, Date)


def position(name: str, **more: Any) -> Column[int]:
    """Return a column for a position in the log."""
    return Column(name, BigInteger, autoincrement=False, **more)


def integer(name: str) -> Column[int]:
    """Return a column for an integer."""
    return Column(name, BigInteger)


def small(name: str, **more: Any) -> Column[int]:
    """Return a column for a small integer."""
    return Column(name, Integer, **more)


def number(name: str) -> Column[float]:
    """Return a column for a number as it was recorded."""
    return Column(name, Double)


def flag(name: str) -> Column[bool]:
    """Return a column for a boolean."""
    return Column(name, Boolean)


def subjects(name: str, *columns: Any) -> Table:
    """Return a table with a row for each subject of one kind.

    `position` and `occurred_at` are those of the event that created it. `organisation` and `cohort` are those that it
    belongs to, which never change. `level` is its current visibility, `created_level` its first one. `audience` are the
    tokens of viewers who may see it (see `events.access.audience`). `time_precision` says how exactly `occurred_at` is
    known, null if not provided. `updated_at` and `updated_position` are those of
    the last event that changed it (see `Subjects.updated`).
    """
    return Table(
        name,
        metadata,
        text("key", primary_key=True),
        position("position", nullable=False, unique=True),
        moment("occurred_at", nullable=False),
        text("time_precision"),
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

    `about` is the name of the column with the subject that the event is about; `by` names further indexed columns.
    `organisation` is the one that acts, `cohort` the event's, and `time_precision` says how exactly `occurred_at` is
    known. `level` is the visibility given for the event itself, if
    that has an effect. `audience` are the tokens of viewers who may see it, null if they are those of its subject.
    """
    return Table(
        name,
        metadata,
        position("position", primary_key=True),
        moment("occurred_at", nullable=False),
        text("time_precision"),
        text("organisation"),
        text("cohort"),
        text("level"),
        Column("audience", TEXTS),
        *columns,
        *_wording(columns),
        *_referring(name, columns),
        *(Index(f"{name}_by_{column}", column, "position") for column in (about, *by)),
        info={ABOUT: about},
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
    # A single row: the process that holds its lock is the one that projects.
    Column("single", Boolean, CheckConstraint("single"), primary_key=True, default=True),
    position("position", nullable=False),
)

log_events: Final = Table(
    "events",
    # The log's own table. An entry's line is read from there, so that it is stored once and served byte for byte.
    MetaData(),
    Column("position", BigInteger, primary_key=True),
    Column("type", TEXT, nullable=False),
    Column("streams", JSON, nullable=False),
    Column("event", JSON, nullable=False),
)

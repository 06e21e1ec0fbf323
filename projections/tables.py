"""The tables of the read models, the checkpoint beside them, and the log they are computed from.

They stand in a PostgreSQL schema whose name each build of the code has for itself, so tables are declared in the
symbolic schema `READ_MODELS` and addressed through `schema_translate_map`. Text sorts by code point everywhere.
"""

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    MetaData,
    Table,
    Text,
)

READ_MODELS: Final = "read_models"

metadata: Final = MetaData(schema=READ_MODELS)

_TEXT: Final = Text(collation="C")
_MOMENT: Final = DateTime(timezone=True)

checkpoint: Final = Table(
    "checkpoint",
    metadata,
    # One row and no more: whoever holds its lock is the one that projects.
    Column("single", Boolean, CheckConstraint("single"), primary_key=True, default=True),
    Column("position", BigInteger, nullable=False),
)

organisations: Final = Table(
    "organisations",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("name", _TEXT, nullable=False),
    Column("sector", _TEXT, nullable=False),
    Column("purpose", _TEXT),
    Column("country", _TEXT),
    Column("level", _TEXT, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("registered_at", _MOMENT, nullable=False),
)

timeline: Final = Table(
    "timeline",
    metadata,
    Column("organisation", _TEXT, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("type", _TEXT, nullable=False),
    Column("occurred_at", _MOMENT, nullable=False),
    Column("recorded_at", _MOMENT, nullable=False),
    Column("subject", _TEXT),
    Index("timeline_in_order", "organisation", "occurred_at", "position"),
)

voids: Final = Table(
    "voids",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("voided_by", BigInteger, nullable=False),
)

log_events: Final = Table(
    "events",
    # The log's own table: an entry's line is read where it stands, so that it is served to the byte and kept once.
    MetaData(),
    Column("position", BigInteger, primary_key=True),
    Column("streams", JSON, nullable=False),
    Column("event", JSON, nullable=False),
)

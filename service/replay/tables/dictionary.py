"""The data dictionary of tables: a Frictionless Data Package (https://datapackage.org), made from the vocabulary."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Double, Integer

from projections.models import SUBJECTS
from projections.tables.columns import TableColumn
from projections.tables.tables import AnalystTable
from service.replay.tables.log_tables import LogTables

FILE: Final = "tables.json"
"""The dictionary beside files; it is written last, so that a folder with it is complete."""

_HASH: Final = "hash"

_TYPES: Final = (
    (BigInteger, "integer"),
    (Integer, "integer"),
    (Double, "number"),
    (Boolean, "boolean"),
    (DateTime, "datetime"),
    (Date, "date"),
)


def dictionary(tables: LogTables, files: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the descriptor of tables: `position` and `viewer`, then what each table and column means.

    `files` has for each table what describes its file: path, size and hash. `hash` is that of all the rest.
    """
    content = {
        "howcanwe": "tables",
        "profile": "tabular-data-package",
        "name": "howcanwe-tables",
        "title": "What organisations asked, tried, failed at and learned",
        "position": tables.position,
        "viewer": tables.viewer,
        "resources": [
            {
                "name": name,
                **files[name],
                "description": table.definition.description,
                "rows": len(table),
                "schema": schema_of(table.definition),
            }
            for name, table in tables.items()
        ],
    }
    return {**content, _HASH: _hash_of(content)}


def is_as_written(found: Mapping[str, Any]) -> bool:
    """Return whether a dictionary has the hash of its content."""
    return found.get(_HASH) == _hash_of({key: found[key] for key in found if key != _HASH})


def _hash_of(content: Mapping[str, Any]) -> str:
    return f"sha256:{sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()}"


def schema_of(table: AnalystTable) -> Mapping[str, Any]:
    """Return the Table Schema of a table."""
    return {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
        "foreignKeys": [*_foreign_keys(table.columns)],
    }


def _field(column: TableColumn) -> Mapping[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.is_required else {}
    found: dict[str, Any] = {
        "name": column.name,
        "title": column.title,
        "description": column.description,
        "type": "array" if column.is_list else type_name(column),
    }
    if column.terms is not None:
        terms = column.terms.terms
        if not column.is_list:
            constraints["enum"] = [term.value for term in terms]
        found["categories"] = [{"value": term.value, "label": term.title} for term in terms]
    return {**found, "constraints": constraints} if constraints else found


def type_name(column: TableColumn) -> str:
    """Return the type of a value of a column, as Table Schema calls it."""
    return next((name for kind, name in _TYPES if isinstance(column.type, kind)), "string")


def _foreign_keys(columns: Iterable[TableColumn]) -> Iterable[Mapping[str, Any]]:
    for column in columns:
        if column.prefix and not column.is_list:
            reference = {"resource": SUBJECTS[column.refers[0]].name, "fields": "key"}
            yield {"fields": column.name, "reference": reference}

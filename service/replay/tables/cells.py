"""The values of tables as the cells of text files and workbooks."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import orjson

from service.replay.formats.cell import harmless

Cell = Callable[[Any], str]


def cell(value: Any) -> str:
    """Return a value as a text: lists as JSON, times in RFC 3339 and UTC, nothing for null."""
    match value:
        case None:
            return ""
        case str():
            return value
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return orjson.dumps(value).decode()


def cell_for_excel(value: Any) -> str:
    """Return a value as a text for spreadsheets: what they would take for a formula begins with an apostrophe."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    text = listed(value) if isinstance(value, list) else cell(value)
    return str(harmless(text)) if isinstance(value, str | list) else text


def listed(values: list[Any]) -> str:
    """Return a list as a text for people."""
    return "; ".join(map(str, values))

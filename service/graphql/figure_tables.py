"""Figures as tables: their single values, their lists of rows, and a line per value.

The command `howcanwe insights` and the pages use them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

COLUMNS: Final = ("row", "field", "value", "unit")
"""The columns of a line per value: `row` is the place in a list (0, 1, …; nested as 0/1)."""

Line = tuple[str, str, Any, str]


def single(figure: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a figure that are not rows of a list, without `items`."""
    return {
        field: value for field, value in figure.items() if field != "items" and not is_rows(value)
    }


def lists(figure: Mapping[str, Any]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the lists of rows of a figure, by their fields. A list that is empty may have been of values."""
    return {field: value for field, value in figure.items() if field != "items" and is_rows(value)}


def is_rows(value: Any) -> bool:
    """Return whether this is a list of objects."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def lines(figure: Mapping[str, Any], units: Mapping[str, str]) -> Iterator[Line]:
    """Yield each value of a figure, in the order of `COLUMNS`. `units` has those of numbers, by their fields."""
    for row, field, value in _cells(figure):
        yield row, field, value, units.get(field.rpartition(".")[2], "")


def _cells(
    value: Mapping[str, Any], row: str = "", under: str = ""
) -> Iterator[tuple[str, str, Any]]:
    for field, content in value.items():
        path = f"{under}{field}"
        if not isinstance(content, list):
            yield row, path, content
            continue
        for index, item in enumerate(content):
            place = f"{row}/{index}" if row else str(index)
            if isinstance(item, dict):
                yield from _cells(item, place, f"{path}.")
            else:
                yield place, path, item

"""Lists of counts, and the things behind a figure."""

from collections.abc import Iterable
from typing import Any

from tests.projections.insights.naive.history import Thing


def items(things: Iterable[Thing]) -> list[str]:
    return [thing.name for thing in sorted(things, key=lambda thing: thing.born.position)]


def counted(cells: Iterable[tuple[int, dict[str, Any], int]]) -> list[dict[str, Any]]:
    """From (position, keys, how many): the non-zero cells, highest first, then the one that began earlier."""
    found: list[dict[str, Any]] = []
    for _, keys, many in sorted(cells, key=lambda cell: cell[0]):
        if many == 0:
            continue
        for row in found:
            if all(row[name] == value for name, value in keys.items()):
                row["count"] += many
                break
        else:
            found.append({**keys, "count": many})
    return sorted(found, key=lambda row: -row["count"])

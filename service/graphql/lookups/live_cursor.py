"""The fields `liveCursor`: the position from which a subscription continues, so that it misses no entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import Row
from service.graphql.lookups.subjects import Root
from service.graphql.selection import Selected


@dataclass(frozen=True)
class UpTo:
    """The position up to which an answer is complete."""

    needs: Sequence[str] = ()

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Read the position. Fields fetched later are complete at least up to it."""
        for row in rows:
            row[selected.slot] = loading.through

    def read(self, row: Row, slot: str) -> Any:
        """Return the position."""
        return row[slot]


def live_cursor(description: str) -> Any:
    """Declare the field of the position up to which an answer is complete."""
    return Root(description, lambda place: UpTo())

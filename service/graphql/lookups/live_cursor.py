"""From where a subscription goes on, so that between an answer and its first frame nothing is lost."""

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
        """Note the position before anything beside it is fetched: what is fetched later has at least as much."""
        for row in rows:
            row[selected.slot] = loading.through

    def read(self, row: Row, slot: str) -> Any:
        """Return the position."""
        return row[slot]


def live_cursor(description: str) -> Any:
    """Declare the field of the position up to which an answer is complete."""
    return Root(description, lambda place: UpTo())

"""Names and e-mail addresses of persons: unlocked for those who see the person at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.graphql.loading import Loading
from service.graphql.selection import Selected
from service.graphql.shape import Field, Row


@dataclass(frozen=True)
class Personal:
    """Stands in a column, locked with the person's own key. Whoever is given the row may be given the text."""

    column: str

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Unlock the texts: the keys come in one statement."""
        locked = {row["key"]: row[self.column] for row in rows if row[self.column] is not None}
        texts = await loading.context.log.unsealed(locked, self.column) if locked else {}
        for row in rows:
            row[selected.slot] = texts.get(row["key"])

    def read(self, row: Row, slot: str) -> Any:
        """Return the text, None where it is gone."""
        return row[slot]


def personal(column: str, type_: Any, description: str) -> Field:
    """Return a field of personal text."""
    return Field(column, type_, description, Personal(column))

"""Names and e-mail addresses of persons: unlocked for those who see the person at all."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from events.recording.vault import NoMasterKey
from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import Field, Row
from service.graphql.selection import Selected


@dataclass(frozen=True)
class PersonalField:
    """Stands in a column, locked with the person's own key. Whoever is given the row may be given the text."""

    column: str

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Unlock the texts of those whose names the viewer may see; without a master key there are none."""
        locked = [row["key"] for row in rows if row[self.column] is not None]
        told: Mapping[str, Mapping[str, str]] = {}
        if locked:
            with suppress(NoMasterKey):
                told = await loading.context.persons.personal(locked, loading.context.viewer)
        for row in rows:
            row[selected.slot] = told.get(row["key"], {}).get(self.column)

    def read(self, row: Row, slot: str) -> Any:
        """Return the text, None where it is gone."""
        return row[slot]


def personal(description: str) -> Any:
    """Declare a field of personal text, which stands in the column of its name."""
    return Field(description, lambda place: PersonalField(place.name))

"""Names and e-mail addresses of persons, which are decrypted for viewers who may see the person."""

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
    """The text of a column that is encrypted with the person's own key. A viewer who gets the row may get the text."""

    column: str

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Decrypt the texts of those persons whose names the viewer may see. Without a master key there are none."""
        locked = [row["key"] for row in rows if row[self.column] is not None]
        texts: Mapping[str, Mapping[str, str]] = {}
        if locked:
            with suppress(NoMasterKey):
                texts = await loading.context.persons.personal(locked, loading.context.viewer)
        for row in rows:
            row[selected.slot] = texts.get(row["key"], {}).get(self.column)

    def read(self, row: Row, slot: str) -> Any:
        """Return the text, None once the person is forgotten."""
        return row[slot]


def personal(description: str) -> Any:
    """Declare a field of personal text, with the column of the same name."""
    return Field(description, lambda place: PersonalField(place.name))

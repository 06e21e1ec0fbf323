"""Fields that lead from a row to the subjects that it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from service.graphql.fields.field import Field, FieldPlace, Row
from service.graphql.fields.shapes import is_interface, kind_led_to

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected


@dataclass(frozen=True)
class ToOne:
    """Leads to the subject of a kind whose key is in a column."""

    kind: str
    column: str

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Fetch the subjects."""
        keys = (row[self.column] for row in rows if row[self.column] is not None)
        found = await loading.subjects(loading.shapes[self.kind], keys, selected.nodes)
        for row in rows:
            row[selected.slot] = found.get(row[self.column])

    def read(self, row: Row, slot: str) -> Any:
        """Return the subject's row, None where there is none that the viewer may see."""
        return row[slot]


@dataclass(frozen=True)
class ToSome:
    """Leads to the subjects whose keys (of one `kind`) or streams are in a column. Hidden ones are left out."""

    column: str
    kind: str | None = None

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    def _streams(self, row: Row) -> list[str]:
        prefix = f"{self.kind}/" if self.kind else ""
        return [f"{prefix}{value}" for value in row[self.column] or ()]

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Fetch the subjects."""
        wanted = {stream for row in rows for stream in self._streams(row)}
        found = await loading.streams(wanted, selected.nodes)
        for row in rows:
            streams = self._streams(row)
            row[selected.slot] = [found[stream] for stream in streams if stream in found]

    def read(self, row: Row, slot: str) -> Any:
        """Return the subjects' rows."""
        return row[slot]


@dataclass(frozen=True)
class ToStream:
    """Leads to the subject whose stream is in a column."""

    column: str

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Fetch the subjects."""
        wanted = {row[self.column] for row in rows if row[self.column]}
        found = await loading.streams(wanted, selected.nodes)
        for row in rows:
            row[selected.slot] = found.get(row[self.column])

    def read(self, row: Row, slot: str) -> Any:
        """Return the subject's row, None where there is none that the viewer may see."""
        return row[slot]


HIDDEN: Final = "Null if there is none, or if you are not allowed to see it."
LEFT_OUT: Final = "Those that you are not allowed to see are left out."


def one(description: str, of: str | None = None) -> Any:
    """Declare a field that leads to the subject whose key is in a column, or to null if the viewer may not see it."""
    return Field(
        f"{description} {HIDDEN}",
        lambda place: ToOne(kind_led_to(place), of or place.name),
        form="X | None",
    )


def some(description: str, of: str | None = None) -> Any:
    """Declare a field that leads to several subjects, without those that the viewer may not see.

    The column has their keys, or their streams if they are of several kinds (`Subject`).
    """

    def find(place: FieldPlace) -> ToSome:
        return ToSome(of or place.name, None if is_interface(place.type) else kind_led_to(place))

    return Field(f"{description} {LEFT_OUT}", find, form="list[X]")


def of_stream(description: str, of: str | None = None) -> Any:
    """Declare a field that leads to the subject whose stream is in a column."""
    return Field(
        f"{description} {HIDDEN}",
        lambda place: ToStream(of or place.name),
        form="X | None",
    )

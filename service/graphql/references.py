"""Fields that lead to a subject, or to some, by what a row says of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLList, GraphQLNonNull

from service.graphql.loading import Loading
from service.graphql.selection import Selected
from service.graphql.shape import Field, Row, camel


@dataclass(frozen=True)
class ToOne:
    """Leads to the subject of a kind whose key stands in a column."""

    kind: str
    column: str

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
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
    """Leads to subjects: their keys (of one `kind`), or their streams, stand in a column. Hidden ones are left out."""

    column: str
    kind: str | None = None

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    def _streams(self, row: Row) -> list[str]:
        prefix = f"{self.kind}/" if self.kind else ""
        return [f"{prefix}{value}" for value in row[self.column] or ()]

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
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
    """Leads to the subject whose stream stands in a column."""

    column: str

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the subjects."""
        wanted = {row[self.column] for row in rows if row[self.column]}
        found = await loading.streams(wanted, selected.nodes)
        for row in rows:
            row[selected.slot] = found.get(row[self.column])

    def read(self, row: Row, slot: str) -> Any:
        """Return the subject's row, None where there is none that the viewer may see."""
        return row[slot]


@dataclass(frozen=True)
class Parts:
    """Leads to rows of a type that are made of a row's own columns."""

    type: str
    needs: Sequence[str]
    parts: Callable[[Row], list[Row]]
    is_list: bool = True

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Make the parts, and fetch what is selected of them."""
        found = []
        for row in rows:
            row[selected.slot] = self.parts(row)
            found += row[selected.slot]
        await loading.fill(self.type, found, selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the parts; the only one, or None, where they are no list."""
        found = row[slot]
        return found if self.is_list else next(iter(found), None)


HIDDEN = "null where there is none that you may see."


def one(column: str, kind: str, description: str, *, name: str | None = None) -> Field:
    """Return a field that leads to a subject: null where there is none that the viewer may see."""
    text = f"{description.removesuffix('.')}; {HIDDEN}"
    return Field(name or camel(column), kind.capitalize(), text, ToOne(kind, column), column=column)


def some(
    column: str, description: str, *, kind: str | None = None, name: str | None = None
) -> Field:
    """Return a field that leads to subjects, those left out that the viewer may not see."""
    text = f"{description.removesuffix('.')}; those that you may see."
    type_ = f"[{kind.capitalize() if kind else 'Subject'}]"
    return Field(name or camel(column), type_, text, ToSome(column, kind))


def of_stream(column: str, description: str, *, name: str | None = None) -> Field:
    """Return a field that leads to the subject of a stream."""
    text = f"{description.removesuffix('.')}; {HIDDEN}"
    return Field(name or camel(column), "Subject", text, ToStream(column))


def parts(
    name: str,
    type_: str,
    description: str,
    needs: Sequence[str],
    made: Callable[[Row], list[Row]],
    *,
    is_list: bool = True,
) -> Field:
    """Return a field that leads to parts of the row."""
    return Field(
        name,
        f"[{type_}]" if is_list else type_,
        description,
        Parts(type_, tuple(needs), made, is_list),
    )


def listed(type_: Any) -> Any:
    """Return the type of a list without nulls."""
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(type_)))

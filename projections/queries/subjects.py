"""Fetches rows of several kinds in one statement, although their columns differ. The graph loads subjects with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.types import TypeEngine

from projections.queries.lists import Visible
from projections.queries.row_ids import Naming
from projections.store.added_columns import AddedColumn

KIND: Final = AddedColumn.KIND.value


@dataclass(frozen=True)
class Wanted:
    """The names and columns of the rows to fetch of one kind, limited to those that the viewer may see."""

    visible: Visible
    naming: Naming
    names: Sequence[str]
    columns: Sequence[str]


class RowsOfKinds:
    """Fetches the wanted rows of each kind. Columns with the same name and type share a column of the answer."""

    def __init__(self, wanted: Mapping[str, Wanted]) -> None:
        self._wanted = wanted
        self._types: dict[str, TypeEngine[Any]] = {}
        self._labels = {
            kind: dict(
                zip(one.columns, map(self._label, one.visible.columns(one.columns)), strict=True)
            )
            for kind, one in wanted.items()
        }

    @property
    def statement(self) -> Select[Any]:
        """The statement for the rows of all kinds."""
        of_kinds = union_all(*(self._of_kind(kind, one) for kind, one in self._wanted.items()))
        return select(of_kinds.subquery("gathered"))

    def read(self, rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
        """Return the rows of the answer, each with its kind and only the columns of that kind."""
        found = []
        for values in rows:
            kind: str = values[KIND]
            found.append(
                (kind, {name: values[label] for name, label in self._labels[kind].items()})
            )
        return found

    def _label(self, column: ColumnElement[Any]) -> str:
        type_ = column.type
        label = str(column.key)
        while repr(self._types.setdefault(label, type_)) != repr(type_):
            label += "'"
        return label

    def _of_kind(self, kind: str, one: Wanted) -> Select[Any]:
        found = dict(
            zip(self._labels[kind].values(), one.visible.columns(one.columns), strict=True)
        )
        columns = [
            found[label].label(label)
            if label in found
            else cast(null(), _plain(type_)).label(label)
            for label, type_ in self._types.items()
        ]
        return (
            select(literal(kind, Text).label(KIND), *columns)
            .select_from(one.visible.source)
            .where(one.naming.condition(one.visible.rows, one.names), one.visible.condition)
        )


def _plain(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    # A null has no collation.
    if isinstance(type_, ARRAY) and isinstance(type_.item_type, Text):
        return ARRAY(Text())
    return Text() if isinstance(type_, Text) else type_

"""Fields that lead to parts of a row: rows of a type that are made of the row's own columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause

from service.graphql.fields.field import Field, Row

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected


Columns = Mapping[str, ColumnElement[Any]]


class SqlParts(NamedTuple):
    """Parts of a row in a statement: their columns, what they are rows of (None: one), and for which it holds."""

    columns: Columns
    source: FromClause | None = None
    where: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class Parts:
    """Leads to rows of a type that are made of a row's own columns."""

    type: str
    needs: Sequence[str]
    parts: Callable[[Row], list[Row]]
    is_list: bool
    sql: Callable[[Columns], "SqlParts"] | None = None

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Make the parts, and fetch what is selected of them."""
        found = []
        for row in rows:
            row[selected.slot] = self.parts(row)
            found += row[selected.slot]
        await loading.fill(self.type, found, selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the parts; the only one, or None, where they are no list."""
        found = row[slot]
        return found if self.is_list or isinstance(found, Exception) else next(iter(found), None)


def parts(
    description: str,
    needs: Sequence[str],
    made: Callable[[Row], list[Row]],
    sql: Callable[[Columns], SqlParts] | None = None,
) -> Any:
    """Declare a field that leads to parts of the row, or to the only one, if there is one.

    `sql` says the same of the columns in a statement.
    """
    return Field(
        description,
        lambda place: Parts(place.type.__name__, tuple(needs), made, place.is_list, sql),
    )

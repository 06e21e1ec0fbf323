"""Fields that lead to parts of a row: objects that are made from columns of the row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause

from service.graphql.fields.field import Field, Row
from service.graphql.fields.shapes import type_name

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected


Columns = Mapping[str, ColumnElement[Any]]


class SqlParts(NamedTuple):
    """Parts of a row in a statement: their columns, the rows of a list (None for a single part), and a condition."""

    columns: Columns
    source: FromClause | None = None
    where: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class Parts:
    """Leads to objects that are made from columns of the row."""

    type: str
    needs: Sequence[str]
    parts: Callable[[Row], list[Row]]
    is_list: bool
    sql: Callable[[Columns], "SqlParts"] | None = None

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Make the parts, and fetch the fields that are selected below them."""
        found = []
        for row in rows:
            row[selected.slot] = self.parts(row)
            found += row[selected.slot]
        await loading.fill(self.type, found, selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the parts; if the field is not a list, the only part or None."""
        found = row[slot]
        return found if self.is_list or isinstance(found, Exception) else next(iter(found), None)


def parts(
    description: str,
    needs: Sequence[str],
    made: Callable[[Row], list[Row]],
    sql: Callable[[Columns], SqlParts] | None = None,
) -> Any:
    """Declare a field that leads to parts of the row, or to a single part. `sql` makes them in a statement."""
    return Field(
        description,
        lambda place: Parts(type_name(place.type), tuple(needs), made, place.is_list, sql),
    )

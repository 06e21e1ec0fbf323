"""Fields whose values come from the columns of a row: one column's value, or a value computed from several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.graphql.fields.field import Field, Row

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected


@dataclass(frozen=True)
class FromColumn:
    """The value of a column, or the `default` if that is null."""

    column: str
    default: Any = None

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Do nothing: the columns are there."""

    def read(self, row: Row, slot: str) -> Any:
        """Return the column's value."""
        value = row[self.column]
        return self.default if value is None else value


@dataclass(frozen=True)
class FromRow:
    """A value computed from some columns."""

    needs: Sequence[str]
    compute: Callable[[Row], Any]
    sql: Callable[[Any], Any] | None = None

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Do nothing: the columns are there."""

    def read(self, row: Row, slot: str) -> Any:
        """Return the computed value."""
        return self.compute(row)


# These return Any, because a declaration is not a value of the type with which its class attribute is annotated.


def column(description: str, of: str | None = None) -> Any:
    """Declare a field with the value of a column: `of`, or by default the column with the attribute's name."""
    return Field(description, lambda place: FromColumn(of or place.name))


def computed(
    description: str,
    needs: Sequence[str],
    compute: Callable[[Row], Any],
    sql: Callable[[Any], Any] | None = None,
) -> Any:
    """Declare a field with a value that is computed from columns. `sql` computes it in a statement."""
    return Field(description, lambda place: FromRow(tuple(needs), compute, sql))

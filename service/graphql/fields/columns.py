"""Fields that stand in a row: a column's value, or what is worked out from some."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.graphql.fields.field import Field, Row

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected


@dataclass(frozen=True)
class FromColumn:
    """The value stands in a column; a `default` stands for null."""

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
    """The value is worked out from some columns."""

    needs: Sequence[str]
    work_out: Callable[[Row], Any]
    sql: Callable[[Any], Any] | None = None

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Do nothing: the columns are there."""

    def read(self, row: Row, slot: str) -> Any:
        """Return what the columns say."""
        return self.work_out(row)


# What a class attribute is given is no value of its annotated type, so what declares one returns Any.


def column(description: str, of: str | None = None) -> Any:
    """Declare a field whose value stands in a column: the one with the attribute's name, if `of` names no other."""
    return Field(description, lambda place: FromColumn(of or place.name))


def worked_out(
    description: str,
    needs: Sequence[str],
    work_out: Callable[[Row], Any],
    sql: Callable[[Any], Any] | None = None,
) -> Any:
    """Declare a field that is worked out from some columns; `sql` says the same of the columns in a statement."""
    return Field(description, lambda place: FromRow(tuple(needs), work_out, sql))

"""The ways in which a list can be filtered: each is a field of the filter's input.

Each way checks its value, and compares it in SQL or with rows in memory. A filter that names a subject which the viewer
may not see matches nothing, as for an unknown key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final, Protocol

import strawberry
from sqlalchemy import ARRAY, FromClause, Text, and_, any_, cast, literal, select, true

from events.vocabulary.values.text_folding import folded
from projections.folding.tables import WORDING
from projections.models import SUBJECTS
from projections.queries.lists import texts
from projections.queries.viewers.audience_sql import Condition, seen
from service.graphql.arguments import some, span
from service.graphql.errors import argument_refusal
from service.graphql.fields.shapes import input_type

Row = Mapping[str, Any]
Others = Mapping[str, Mapping[str, Row]]
"""Those of the subjects that rows name which the viewer may see, by kind and key."""

VALUES_MAX: Final = 50
HOWEVER_SPELLED: Final = (
    "Letter case, the amount of white space, and the style of quotes and dashes make no difference."
)


@input_type
class DateTimeSpan:
    """A half-open time span: it includes `from` and excludes `to`."""

    from_: datetime | None = strawberry.field(
        name="from", description="The time must be this moment or later."
    )
    to: datetime | None = strawberry.field(description="The time must be before this moment.")
    none: bool | None = strawberry.field(
        description="True selects rows without a value, false selects rows with one."
    )


@input_type
class DateSpan:
    """A half-open span of days: it includes `from` and excludes `to`."""

    from_: date | None = strawberry.field(
        name="from", description="It must be this day or a later one."
    )
    to: date | None = strawberry.field(description="It must be before this day.")
    none: bool | None = strawberry.field(
        description="True selects rows without a value, false selects rows with one."
    )


@input_type
class IntRange:
    """A range of integers, including both ends."""

    min: int | None = strawberry.field(description="The lowest value that matches.")
    max: int | None = strawberry.field(description="The highest value that matches.")


class Way(Protocol):
    """A way in which a list can be filtered by a `column`."""

    @property
    def column(self) -> str:
        """The column that it compares: of the rows, or of the subjects that `looks_at` names."""

    @property
    def input(self) -> Any:
        """The type of its values in the graph."""

    @property
    def description(self) -> str:
        """What must be true of the rows."""

    @property
    def looks_at(self) -> tuple[str, str, str] | None:
        """The kind of the subjects that it needs, the column of the rows with their keys, and their own column."""

    def plain(self, value: Any, argument: str) -> Any:
        """Return the value in its plain form, which is the same for all values with the same meaning.

        Returns None if every row matches. Raises a GraphQL error that names the argument.
        """

    def condition(self, rows: FromClause, value: Any) -> Condition:
        """Return the SQL condition for rows to match."""

    def holds(self, row: Row, value: Any, others: Others) -> bool:
        """Return whether a row in memory matches."""


@dataclass(frozen=True)
class Among:
    """The column is one of the values, or contains one of them (`is_list`). Texts are folded first if `folds`."""

    column: str
    description: str
    type: Any = str
    is_list: bool = False
    folds: bool = False
    looks_at: None = None

    @property
    def input(self) -> Any:
        """A list of them."""
        return list[self.type] | None  # type: ignore[name-defined]  # the type of the column

    def plain(self, value: Any, argument: str) -> Any:
        """Return each value once, in order."""
        return _values(value, argument, folds=self.folds)

    def condition(self, rows: FromClause, value: Any) -> Condition:
        """Return which rows have one of the values."""
        column = rows.c[self.column]
        if not self.is_list:
            return column == any_(texts(value))
        return cast(column, ARRAY(Text)).op("&&", is_comparison=True)(texts(value))

    def holds(self, row: Row, value: Any, others: Others) -> bool:
        """Return whether a row in memory matches."""
        found = row[self.column]
        return not set(found).isdisjoint(value) if self.is_list else found in value


@dataclass(frozen=True)
class NamedWay:
    """The column has one of the keys, and the viewer may see the subject with that key.

    If `is_list`, the column is a list of keys, which contains one of them.
    """

    column: str
    kind: str
    is_list: bool = False

    @property
    def input(self) -> Any:
        """A list of keys."""
        return list[str] | None

    @property
    def description(self) -> str:
        """What holds of the rows that it lets in."""
        must = "contain at least one" if self.is_list else "be one"
        return (
            f"Its `{self.column}` must {must} of the {self.kind}s with these keys. "
            "Keys of subjects that you are not allowed to see match nothing."
        )

    @property
    def looks_at(self) -> tuple[str, str, str]:
        """The subjects with the keys."""
        return self.kind, self.column, "key"

    def plain(self, value: Any, argument: str) -> Any:
        """Return each key once, in order."""
        return _values(value, argument)

    def condition(self, rows: FromClause, value: Any) -> Condition:
        """Return the condition that a row names one of the subjects."""
        if not self.is_list:
            return _of_named(rows, self.looks_at, value)
        named, keys = SUBJECTS[self.kind].c, rows.c[self.column]
        seen_ones = (
            select(literal(1))
            .where(named.key == any_(texts(value)), named.key == any_(keys), seen(named.audience))
            .correlate(rows)
            .exists()
        )
        # The first condition can use an index.
        return and_(keys.op("&&", is_comparison=True)(texts(value)), seen_ones)

    def holds(self, row: Row, value: Any, others: Others) -> bool:
        """Return whether a row in memory matches."""
        keys = row[self.column] if self.is_list else [row[self.column]]
        return any(key in value and key in others[self.kind] for key in keys or ())


@dataclass(frozen=True)
class OfOrganisation:
    """A column of the organisation that a row names is one of the values."""

    column: str
    description: str
    folds: bool = False

    @property
    def input(self) -> Any:
        """A list of texts."""
        return list[str] | None

    @property
    def looks_at(self) -> tuple[str, str, str]:
        """The organisations."""
        return "organisation", "organisation", self.column

    def plain(self, value: Any, argument: str) -> Any:
        """Return each value once, in order."""
        return _values(value, argument, folds=self.folds)

    def condition(self, rows: FromClause, value: Any) -> Condition:
        """Return the condition that a row names such an organisation."""
        return _of_named(rows, self.looks_at, value)

    def holds(self, row: Row, value: Any, others: Others) -> bool:
        """Return whether a row in memory matches."""
        found = others["organisation"].get(row["organisation"])
        return found is not None and found[self.column] in value


@dataclass(frozen=True)
class WordingWay:
    """The texts of a row contain the value."""

    column: str = WORDING
    description: str = f"Its wording must contain this text. {HOWEVER_SPELLED}"
    looks_at: None = None

    @property
    def input(self) -> Any:
        """A text."""
        return str | None

    def plain(self, value: Any, argument: str) -> Any:
        """Return its folded form."""
        if "\0" in value or not folded(value):
            raise argument_refusal(
                "argument.malformed", argument, "a text without U+0000 that is not empty", value
            )
        return folded(value)

    def condition(self, rows: FromClause, value: Any) -> Condition:
        """Return the condition that a row contains the text."""
        found: Condition = rows.c[self.column].contains(value, autoescape=True)
        return found

    def holds(self, row: Row, value: Any, others: Others) -> bool:
        """Return whether a row in memory matches."""
        return value in row[self.column]


@dataclass(frozen=True)
class SpanWay:
    """The time in the column is in a span, or the column is null."""

    column: str
    description: str = "The time must be in this span."
    span: ClassVar[type] = DateTimeSpan
    looks_at: ClassVar[None] = None

    @property
    def input(self) -> Any:
        """A span."""
        return self.span | None

    def plain(self, value: Any, argument: str) -> Any:
        """Return the value without its null members."""
        span(value.get("from"), value.get("to"), f"{argument}.to")
        return _without_nulls(value)

    def condition(self, rows: FromClause, value: Any) -> Condition:
        """Return the condition that the time of a row is in the span."""
        column = rows.c[self.column]
        parts: list[Condition] = [true()]
        if "from" in value:
            parts.append(column >= value["from"])
        if "to" in value:
            parts.append(column < value["to"])
        if "none" in value:
            parts.append(column.is_(None).op("=", is_comparison=True)(literal(value["none"])))
        return and_(*parts)

    def holds(self, row: Row, value: Any, others: Others) -> bool:
        """Return whether a row in memory matches."""
        found = row[self.column]
        if value.get("none", found is None) is not (found is None):
            return False
        if found is None:
            return "from" not in value and "to" not in value
        return value.get("from", found) <= found and ("to" not in value or found < value["to"])


@dataclass(frozen=True)
class DayWay(SpanWay):
    """The day in the column is in a span, or the column is null."""

    description: str = "The day must be in this span."
    span: ClassVar[type] = DateSpan


@dataclass(frozen=True)
class Range:
    """The number in the column is in a range."""

    column: str
    description: str = "The number must be in this range."
    looks_at: None = None

    @property
    def input(self) -> Any:
        """A range."""
        return IntRange | None

    def plain(self, value: Any, argument: str) -> Any:
        """Return the value without its null members."""
        found = _without_nulls(value)
        if found and "min" in found and "max" in found and found["max"] < found["min"]:
            raise argument_refusal(
                "argument.out_of_order", f"{argument}.max", "`min` or more", found["max"]
            )
        return found

    def condition(self, rows: FromClause, value: Any) -> Condition:
        """Return the condition that the number of a row is in the range."""
        column = rows.c[self.column]
        parts: list[Condition] = [true()]
        if "min" in value:
            parts.append(column >= value["min"])
        if "max" in value:
            parts.append(column <= value["max"])
        return and_(*parts)

    def holds(self, row: Row, value: Any, others: Others) -> bool:
        """Return whether a row in memory matches."""
        found = row[self.column]
        return found is not None and value.get("min", found) <= found <= value.get("max", found)


@dataclass(frozen=True)
class Flag:
    """The column is true, or it is false."""

    column: str
    description: str = "True selects rows for which it is true, false selects the others."
    looks_at: None = None

    @property
    def input(self) -> Any:
        """A Boolean."""
        return bool | None

    def plain(self, value: Any, argument: str) -> Any:
        """Return the value unchanged."""
        return value

    def condition(self, rows: FromClause, value: Any) -> Condition:
        """Return the condition that the column has the value."""
        found: Condition = rows.c[self.column] == literal(value)
        return found

    def holds(self, row: Row, value: Any, others: Others) -> bool:
        """Return whether a row in memory matches."""
        return row[self.column] is value


def _values(value: Any, argument: str, *, folds: bool = False) -> list[str]:
    some(value, argument, VALUES_MAX)
    if any("\0" in one for one in value):
        raise argument_refusal("argument.malformed", argument, "texts without U+0000", value)
    return sorted(set(map(folded, value) if folds else map(str, value)))


def _without_nulls(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return {name: one for name, one in sorted(value.items()) if one is not None} or None


def _of_named(rows: FromClause, looks_at: tuple[str, str, str], values: Iterable[str]) -> Condition:
    """Return the condition that a row names a visible subject whose column has one of the values."""
    kind, column, own = looks_at
    named = SUBJECTS[kind].c
    keys = select(named.key).where(named[own] == any_(texts([*values])), seen(named.audience))
    found: Condition = rows.c[column].in_(keys.correlate(None))
    return found

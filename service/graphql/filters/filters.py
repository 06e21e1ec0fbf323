"""Filters of lists: combinations of the ways in which a list can be filtered.

Lists in SQL (`compiled.lists`, `fetching.loading`) and lists of past states (`fetching.past`) use them.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

import orjson
from sqlalchemy import FromClause, and_, func, not_, or_, true
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition

from events.vocabulary.values.times import moment_of
from projections.folding.tables import SECTOR_FOLDED, THEMES_FOLDED, WORDING
from projections.queries.viewers.audience_sql import Condition
from service.graphql.arguments import some
from service.graphql.errors import argument_refusal
from service.graphql.fields.columns import FromColumn
from service.graphql.fields.field import Field, leads_to
from service.graphql.fields.references import ToOne, ToSome
from service.graphql.fields.shapes import Shape, definition_of, name_of
from service.graphql.filters.comparisons import (
    HOWEVER_SPELLED,
    VALUES_MAX,
    Among,
    DayWay,
    Flag,
    NamedWay,
    OfOrganisation,
    Others,
    Range,
    Row,
    SpanWay,
    Way,
    WordingWay,
)

DEPTH_MAX: Final = 5

_SECTORS: Final = f"must be one of these. {HOWEVER_SPELLED}"
_COUNTRIES: Final = "must be one of these ISO 3166-1 alpha-2 codes."


@cache
def ways(shape: Shape) -> Mapping[str, Way]:
    """Return the ways in which lists of a shape can be filtered, by their names in the graph."""
    return dict(_ways(shape))


def _ways(shape: Shape) -> Iterator[tuple[str, Way]]:
    columns = shape.table.c
    if shape.kind:
        yield "key", Among("key", "Its key must be one of these.")
    if "occurred_at" in columns:
        yield "time", SpanWay("occurred_at", "The time at which it happened must be in this span.")
    for kind in ("organisation", "cohort"):
        if kind in columns:
            yield kind, NamedWay(kind, kind)
    if SECTOR_FOLDED in columns:
        yield "sector", Among(SECTOR_FOLDED, f"Its sector {_SECTORS}", folds=True)
    else:
        yield (
            "sector",
            OfOrganisation(SECTOR_FOLDED, f"The sector of its organisation {_SECTORS}", True),
        )
    if "country" in columns:
        yield "country", Among("country", f"Its country {_COUNTRIES}")
    else:
        yield "country", OfOrganisation("country", f"The country of its organisation {_COUNTRIES}")
    if WORDING in columns:
        yield "text", WordingWay()
    known = {"organisation", "cohort", "sector", "country", "occurred_at"}
    for field in definition_of(shape.type).fields:
        source = field.source(shape.type) if isinstance(field, Field) else None
        match source:
            case ToOne(column=column, kind=kind) if column not in known:
                yield name_of(field), NamedWay(column, kind)
            case ToSome(column=column, kind=str(of)) if column in columns:
                yield name_of(field), NamedWay(column, of, is_list=True)
            case FromColumn(column=column) if column not in known:
                way = _of_column(column, field.type)
                if way is not None:
                    yield name_of(field), way


def _of_column(column: str, type_: Any) -> Way | None:
    """Return the way to filter by a column with values of a type, None if there is none."""
    if isinstance(type_, StrawberryOptional):
        type_ = type_.of_type
    match type_:
        case StrawberryEnumDefinition():
            meaning = f"{_meaning(type_.origin)} The value must be one of these."
            return Among(column, meaning, type_.origin)
        case StrawberryList(of_type=StrawberryEnumDefinition()):
            of = leads_to(type_).origin
            meaning = f"{_meaning(of)} At least one of these must be among the values."
            return Among(column, meaning, of, is_list=True)
        case StrawberryList() if column == "themes":
            description = f"At least one of these must be among its themes. {HOWEVER_SPELLED}"
            return Among(THEMES_FOLDED, description, is_list=True, folds=True)
        case _:
            found: Mapping[Any, Callable[[str], Way]] = {
                int: Range,
                bool: Flag,
                date: DayWay,
                datetime: SpanWay,
            }
            return found[type_](column) if type_ in found else None


def _meaning(terms: type) -> str:
    """Return what a list of terms is about."""
    return " ".join((terms.__doc__ or "").split())


def plain(shape: Shape, where: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a filter in its plain form: without empty parts, with values in the form in which they are compared.

    Returns None if every row matches. Raises GraphQL errors about the filter.
    """
    return None if where is None else _plain(shape, where, "where", 1)


def _plain(
    shape: Shape, where: Mapping[str, Any], argument: str, depth: int
) -> Mapping[str, Any] | None:
    if depth > DEPTH_MAX:
        raise argument_refusal(
            "argument.out_of_range", argument, f"at most {DEPTH_MAX} nested filters", depth
        )
    found: dict[str, Any] = {}
    for name, value in sorted(where.items()):
        if value is None:
            continue
        member = f"{argument}.{name}"
        match name:
            case "and" | "or":
                several = [
                    _plain(shape, one, member, depth + 1) for one in some(value, member, VALUES_MAX)
                ]
                found[name] = _combined(name, several)
            case "not":
                # The negation of an empty filter matches no row, so it is not left out.
                found[name] = _plain(shape, value, member, depth + 1) or {}
            case _:
                found[name] = ways(shape)[name].plain(value, member)
    return {name: value for name, value in found.items() if value is not None} or None


def _combined(name: str, several: list[Mapping[str, Any] | None]) -> list[Mapping[str, Any]] | None:
    """Return the filters of which all (`and`) or any (`or`) must match, None if every row matches."""
    selective = [one for one in several if one is not None]
    return None if name == "or" and len(selective) < len(several) else selective or None


def canonical(where: Mapping[str, Any]) -> str:
    """Return a plain filter as text that is the same for any order and nesting of its parts."""
    return _dumped(sorted(_conditions(where)))


def _conditions(where: Mapping[str, Any]) -> set[str]:
    """Return the conditions that must all match, each as canonical text."""
    found: set[str] = set()
    for name, value in where.items():
        match name, value:
            case ("and", _) | ("or", [_]):
                found.update(*map(_conditions, value))
            case "or", _:
                found.add(_dumped({name: sorted({canonical(one) for one in value})}))
            case "not", _:
                found.add(_dumped({name: canonical(value)}))
            case _:
                found.add(_dumped({name: value}))
    return found


def _dumped(part: Any) -> str:
    options = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    return orjson.dumps(part, option=options, default=_written).decode()


def _written(time: Any) -> int | str:
    """Return a time as a number, and a day as a text."""
    return moment_of(time) if isinstance(time, datetime) else str(time.isoformat())


def condition(
    shape: Shape, where: Mapping[str, Any] | None
) -> Callable[[FromClause], Condition] | None:
    """Return the SQL condition of a filter, None if every row matches. Raises GraphQL errors about the filter."""
    found = plain(shape, where)
    return None if found is None else lambda rows: _condition(shape, found, rows)


def _condition(shape: Shape, where: Mapping[str, Any], rows: FromClause) -> Condition:
    parts: list[Condition] = [true()]
    for name, value in where.items():
        match name:
            case "and":
                parts += [_condition(shape, one, rows) for one in value]
            case "or":
                parts.append(or_(*(_condition(shape, one, rows) for one in value)))
            case "not":
                parts.append(not_(func.coalesce(_condition(shape, value, rows), False)))
            case _:
                parts.append(ways(shape)[name].condition(rows, value))
    return and_(*parts)


def looked_at(shape: Shape, where: Mapping[str, Any] | None) -> set[tuple[str, str, str]]:
    """Return the subjects that a plain filter needs: their kind, the column with their keys, and their own column."""
    found = set()
    for name, value in (where or {}).items():
        match name:
            case "and" | "or":
                for one in value:
                    found |= looked_at(shape, one)
            case "not":
                found |= looked_at(shape, value)
            case _:
                looks_at = ways(shape)[name].looks_at
                found |= set() if looks_at is None else {looks_at}
    return found


def holds(shape: Shape, where: Mapping[str, Any] | None, row: Row, others: Others) -> bool:
    """Return whether a row in memory matches a plain filter; `others` has the subjects that the filter needs."""
    return all(_holds(shape, name, value, row, others) for name, value in (where or {}).items())


def _holds(shape: Shape, name: str, value: Any, row: Row, others: Others) -> bool:
    match name:
        case "and":
            return all(holds(shape, one, row, others) for one in value)
        case "or":
            return any(holds(shape, one, row, others) for one in value)
        case "not":
            return not holds(shape, value, row, others)
        case _:
            return ways(shape)[name].holds(row, value, others)

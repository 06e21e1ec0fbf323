"""Filters: the ways in which a list is filtered, combined."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import orjson
from sqlalchemy import FromClause, and_, func, not_, or_, true
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition

from events.vocabulary.times import moment_of
from projections.folding.tables import SECTOR_FOLDED, THEMES_FOLDED, WORDING
from projections.queries.audience_sql import Condition
from service.graphql.arguments import some
from service.graphql.errors import argument_refusal
from service.graphql.fields.columns import FromColumn
from service.graphql.fields.field import Field, leads_to
from service.graphql.fields.references import ToOne
from service.graphql.fields.shapes import Shape, definition_of, name_of
from service.graphql.filters.ways import (
    HOWEVER_SPELLED,
    VALUES_MAX,
    Among,
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
    """Return the ways in which lists of a shape are filtered, by the names that these have in the graph."""
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
            case FromColumn(column=column) if column not in known:
                way = _of_column(column, field.type)
                if way is not None:
                    yield name_of(field), way


def _of_column(column: str, type_: Any) -> Way | None:
    """Return how a column with values of a type is filtered; None where it is not."""
    if isinstance(type_, StrawberryOptional):
        type_ = type_.of_type
    match type_:
        case StrawberryEnumDefinition():
            return Among(column, "The value must be one of these.", type_.origin)
        case StrawberryList(of_type=StrawberryEnumDefinition()):
            of = leads_to(type_).origin
            return Among(
                column, "At least one of these must be among the values.", of, is_list=True
            )
        case StrawberryList() if column == "themes":
            said = f"At least one of these must be among its themes. {HOWEVER_SPELLED}"
            return Among(THEMES_FOLDED, said, is_list=True, folds=True)
        case _:
            found: Mapping[Any, Callable[[str], Way]] = {int: Range, bool: Flag, datetime: SpanWay}
            return found[type_](column) if type_ in found else None


def plain(shape: Shape, given: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the filter without what asks nothing, its values as they are compared; None where nothing is left.

    Raises GraphQL errors about it.
    """
    return None if given is None else _plain(shape, given, "where", 1)


def _plain(
    shape: Shape, given: Mapping[str, Any], argument: str, depth: int
) -> Mapping[str, Any] | None:
    if depth > DEPTH_MAX:
        raise argument_refusal("argument.out_of_range", argument, f"a filter {DEPTH_MAX} deep")
    found: dict[str, Any] = {}
    for name, value in sorted(given.items()):
        if value is None:
            continue
        where = f"{argument}.{name}"
        match name:
            case "and" | "or":
                several = [
                    _plain(shape, one, where, depth + 1) for one in some(value, where, VALUES_MAX)
                ]
                found[name] = _combined(name, several)
            case "not":
                # What lets nothing in is not what asks nothing.
                found[name] = _plain(shape, value, where, depth + 1) or {}
            case _:
                found[name] = ways(shape)[name].plain(value, where)
    return {name: value for name, value in found.items() if value is not None} or None


def _combined(name: str, several: list[Mapping[str, Any] | None]) -> list[Mapping[str, Any]] | None:
    """Return the filters of which all (`and`) or any (`or`) are to hold; None where that is no question."""
    asking = [one for one in several if one is not None]
    return None if name == "or" and len(asking) < len(several) else asking or None


def spelled(asked: Mapping[str, Any]) -> str:
    """Return the one spelling of a plain filter, whatever the order of its parts and however they are nested."""
    return _dumped(sorted(_conditions(asked)))


def _conditions(asked: Mapping[str, Any]) -> set[str]:
    """Return the conditions that are all to hold, each spelled."""
    found: set[str] = set()
    for name, value in asked.items():
        match name, value:
            case ("and", _) | ("or", [_]):
                found.update(*map(_conditions, value))
            case "or", _:
                found.add(_dumped({name: sorted({spelled(one) for one in value})}))
            case "not", _:
                found.add(_dumped({name: spelled(value)}))
            case _:
                found.add(_dumped({name: value}))
    return found


def _dumped(part: Any) -> str:
    options = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    return orjson.dumps(part, option=options, default=moment_of).decode()


def condition(
    shape: Shape, given: Mapping[str, Any] | None
) -> Callable[[FromClause], Condition] | None:
    """Return what the filter asks of a row; None where it asks nothing. Raises GraphQL errors."""
    asked = plain(shape, given)
    return None if asked is None else lambda rows: _condition(shape, asked, rows)


def _condition(shape: Shape, asked: Mapping[str, Any], rows: FromClause) -> Condition:
    parts: list[Condition] = [true()]
    for name, value in asked.items():
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


def looked_at(shape: Shape, asked: Mapping[str, Any] | None) -> set[tuple[str, str, str]]:
    """Return what a filter looks at beside the rows: kinds, the columns of keys, and the subjects' own columns."""
    found = set()
    for name, value in (asked or {}).items():
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


def holds(shape: Shape, asked: Mapping[str, Any] | None, row: Row, others: Others) -> bool:
    """Say of a row at hand what `condition` says in SQL; `others` is what the filter looks at beside it."""
    return all(_holds(shape, name, value, row, others) for name, value in (asked or {}).items())


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

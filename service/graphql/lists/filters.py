"""What filters ask of rows: in SQL, and of rows at hand."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ARRAY, FromClause, Text, and_, any_, cast, func, literal, not_, or_, true

from events.folding import folded
from projections.audiences import Condition, subject_seen
from projections.listing import texts
from projections.tables import THEMES_FOLDED, WORDING
from service.graphql.arguments import some, span
from service.graphql.errors import argument_refusal
from service.graphql.fields.shapes import Filterable, Shape
from service.graphql.lists.inputs import NAMING

VALUES_MAX: Final = 50
DEPTH_MAX: Final = 5


def condition(
    shape: Shape, given: Mapping[str, Any] | None, argument: str = "where"
) -> Callable[[FromClause], Condition] | None:
    """Return what the filter asks of a row; None where it asks nothing. Raises GraphQL errors."""
    if not given:
        return None
    _check(shape, given, argument, 1)
    return lambda rows: _condition(shape, given, rows)


def named_in(
    shape: Shape, given: Mapping[str, Any], argument: str = "where"
) -> dict[str, set[str]]:
    """Return the keys that the filter names, by kind. Raises GraphQL errors."""
    _check(shape, given, argument, 1)
    found: dict[str, set[str]] = {kind: set() for kind in NAMING}
    for one in _within(given):
        for kind in NAMING:
            found[kind].update(one.get(kind) or ())
    return {kind: keys for kind, keys in found.items() if keys}


def naming_only(given: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Return the filter with those of its keys that are known, by `<kind>/<key>`: all others match nothing."""
    found = dict(given)
    for name, value in given.items():
        if value is None:
            continue
        match name:
            case "and" | "or":
                found[name] = [naming_only(one, known) for one in value]
            case "not":
                found[name] = naming_only(value, known)
            case _ if name in NAMING:
                found[name] = [key for key in value if f"{name}/{key}" in known]
    return found


def _within(given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the filter, and every filter in it."""
    yield given
    for one in (*(given.get("and") or ()), *(given.get("or") or ()), given.get("not")):
        if one is not None:
            yield from _within(one)


def _check(shape: Shape, given: Mapping[str, Any], argument: str, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise argument_refusal("argument.out_of_range", argument, f"a filter {DEPTH_MAX} deep")
    for name, value in given.items():
        where = f"{argument}.{name}"
        if name in ("and", "or"):
            for one in some(value, where, VALUES_MAX):
                _check(shape, one, where, depth + 1)
        elif name == "not":
            if value is not None:
                _check(shape, value, where, depth + 1)
        elif isinstance(value, list):
            some(value, where, VALUES_MAX)
            if any(isinstance(one, str) and "\0" in one for one in value):
                raise argument_refusal("argument.malformed", where, "texts without U+0000")
        elif isinstance(value, str) and ("\0" in value or not folded(value)):
            raise argument_refusal("argument.malformed", where, "a text")
        elif isinstance(value, Mapping):
            span(value.get("from"), value.get("to"), f"{where}.to")
            least, most = value.get("min"), value.get("max")
            if least is not None and most is not None and most < least:
                raise argument_refusal("argument.out_of_order", f"{where}.max", "`min` or more")


def _condition(shape: Shape, given: Mapping[str, Any], rows: FromClause) -> Condition:
    parts: list[Condition] = []
    for name, value in given.items():
        if value is None:
            continue
        match name:
            case "and":
                parts += [_condition(shape, one, rows) for one in value]
            case "or":
                if value:
                    parts.append(or_(*(_condition(shape, one, rows) for one in value)))
            case "not":
                parts.append(not_(func.coalesce(_condition(shape, value, rows), False)))
            case "text":
                parts.append(rows.c[WORDING].contains(folded(value), autoescape=True))
            case "time":
                parts.append(_span(rows.c.occurred_at, value))
            case "organisation" | "cohort":
                named = rows.c[name]
                parts.append(and_(named == any_(texts(value)), subject_seen(name, named)))
            case _:
                parts.append(_of_column(shape.filters[name], rows, value))
    return and_(true(), *parts)


def _of_column(by: Filterable, rows: FromClause, value: Any) -> Condition:
    column = rows.c[by.column]
    match by.how:
        case "among":
            return column == any_(texts(value))
        case "any_term":
            return _overlap(column, value)
        case "any_theme":
            return _overlap(rows.c[THEMES_FOLDED], map(folded, value))
        case "range":
            return and_(
                true(),
                *([column >= value["min"]] if value.get("min") is not None else []),
                *([column <= value["max"]] if value.get("max") is not None else []),
            )
        case "span":
            return _span(column, value)
        case _:
            return column.is_(value)


def _overlap(column: Any, values: Iterable[str]) -> Condition:
    wanted = cast(literal(list(values), ARRAY(Text)), ARRAY(Text))
    return cast(column, ARRAY(Text)).op("&&", is_comparison=True)(wanted)


def _span(column: Any, value: Mapping[str, Any]) -> Condition:
    return and_(
        true(),
        *([column >= value["from"]] if value.get("from") is not None else []),
        *([column < value["to"]] if value.get("to") is not None else []),
    )


def matches(shape: Shape, given: Mapping[str, Any] | None, row: Mapping[str, Any]) -> bool:
    """Say of a row at hand what `condition` says in SQL. Raises GraphQL errors."""
    if not given:
        return True
    _check(shape, given, "where", 1)
    return _matches(shape, given, row)


def _matches(shape: Shape, given: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return all(
        _matches_one(shape, name, value, row) for name, value in given.items() if value is not None
    )


def _matches_one(shape: Shape, name: str, value: Any, row: Mapping[str, Any]) -> bool:
    match name:
        case "and":
            return all(_matches(shape, one, row) for one in value)
        case "or":
            return not value or any(_matches(shape, one, row) for one in value)
        case "not":
            return not _matches(shape, value, row)
        case "text":
            return folded(value) in row[WORDING]
        case "time":
            return _is_in(row["occurred_at"], value, "from", "to")
        case "organisation" | "cohort":
            return row[name] in value
    by = shape.filters[name]
    told = row[by.column]
    match by.how:
        case "among":
            return told in value
        case "any_term":
            return bool(set(told) & set(value))
        case "any_theme":
            return bool(set(row[THEMES_FOLDED]) & set(map(folded, value)))
        case "range":
            return _is_in(told, value, "min", "max")
        case "span":
            return _is_in(told, value, "from", "to")
        case _:
            return told is value


def _is_in(told: Any, value: Mapping[str, Any], least: str, most: str) -> bool:
    """Say whether a value is between two bounds; of a span of time, the later is outside."""
    low, high = value.get(least), value.get(most)
    if told is None:
        return low is None and high is None
    above = low is None or told >= low
    return above and (high is None or (told < high if most == "to" else told <= high))

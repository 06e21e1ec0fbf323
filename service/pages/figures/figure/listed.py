"""The records of a figure as they are listed in the cohort, a hundred at a time.

Some figures do not name the records that they count. Of others, only those with some classes are wanted: those that a
cell of a matrix counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from service.pages.figures.described.describing import NONE
from service.pages.figures.scope import Scope, scope_of
from service.pages.frame import addresses, terms
from service.pages.frame.language import Language
from service.pages.frame.page import Visit
from service.pages.parts.records import Record, heading, of_subject

LISTED: Final[Mapping[str, Mapping[str, str]]] = {
    "funnel": {
        "questions": "questions",
        "iterations": "planned",
        "failures": "failures",
        "learnings": "learnings",
        "publications": "publications",
    },
    "inspirationYield": {"inspirations": "shared"},
    "retention": {"memberships": "joined"},
}
"""The figures that do not name what they count: the lists of the cohort in which it is, and the numbers of it."""

_CLASSED: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "failureMix": (
        "failures",
        {"failureType": "FailureType", "facet": "Facet", "degree": "Degree"},
    ),
    "resultsByDecision": ("iterations", {"result": "Result", "decision": "Decision"}),
}
"""The figures whose records have classes: the list in which these are, and the closed lists by the field."""

_GIVER, _TAKER = "giver", "taker"
_PASSED: Final = ("diffusion", "adoptions")
"""The figure of what passes from one organisation to another, and the list in which that is."""

_NAMES: Final = (*LISTED["funnel"], "inspirations", "memberships", _PASSED[1])
_LIST, _AFTER = "list", "after"


@dataclass(frozen=True)
class Chosen:
    """The records that are wanted: the names of the lists in which they are, and their classes.

    `after` is the cursor in the one list after which they are wanted. `items` are what they must be among, if the
    figure names what it counts.
    """

    lists: Sequence[str]
    classes: Mapping[str, str]
    after: str | None
    items: frozenset[str] | None


@dataclass(frozen=True)
class Group:
    """Records that are counted together, `total` in all. `following` is the address of those after them."""

    title: str
    records: Sequence[Record]
    total: int
    following: str | None = None


def chosen(figure: Mapping[str, Any], visit: Visit) -> Chosen | None:
    """Return which records of the figure are wanted from lists, None if those that it names are."""
    name = visit.inside["figure"]
    classes = _classes(name, visit)
    items = None
    if name in LISTED:
        lists = tuple(LISTED[name])
    elif classes:
        lists = (_CLASSED[name][0] if name in _CLASSED else _PASSED[1],)
        items = frozenset(figure["items"])
    else:
        return None
    if (one := visit.query.get(_LIST)) in lists and visit.query.get(_AFTER):
        return Chosen((one,), classes, visit.query[_AFTER], items)
    return Chosen(lists, classes, None, items)


def _classes(name: str, visit: Visit) -> Mapping[str, str]:
    """Return the classes in the address by field. What is no term is left out."""
    if name == _PASSED[0]:
        found = {one: visit.query.get(one, "") for one in (_GIVER, _TAKER)}
        return found if all(found.values()) else {}
    _list, fields = _CLASSED.get(name, ("", {}))
    return {
        field: value
        for field, closed in fields.items()
        if (value := visit.query.get(field, "")) in (*terms.words(closed), NONE)
    }


def variables(wanted: Chosen | None, scope: Scope, visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query for the lists: for each whether it is wanted, of which, and after what."""
    found: dict[str, Any] = {}
    for name in _NAMES:
        found[f"lists{name.capitalize()}"] = wanted is not None and name in wanted.lists
        if wanted is not None and name in wanted.lists:
            found[name] = _where(name, wanted, scope, visit.now)
            found["after"] = wanted.after
    return found


def _where(name: str, wanted: Chosen, scope: Scope, now: datetime) -> Mapping[str, Any]:
    organisations = scope.filter.get("organisations")
    where: dict[str, Any] = {"organisation": organisations} if organisations else {}
    if name == _PASSED[1]:
        return {"organisation": [wanted.classes[_TAKER]]}
    if name == "memberships":
        return where
    # A span ends before its end, and the moment itself counts.
    until = ((scope.at or now) + timedelta(microseconds=1)).isoformat()
    if scope.at is not None:
        where["time"] = {"to": until}
    if name == "questions":
        where["shared"] = False
    if name == "publications":
        where["not"] = {"withdrawnAt": {"to": until}}
    closed = {
        field: list_ for _name, fields in _CLASSED.values() for field, list_ in fields.items()
    }
    where["and"] = [
        {"not": {field: list(terms.words(closed[field]))}} if value == NONE else {field: [value]}
        for field, value in wanted.classes.items()
    ]
    return where


def groups(
    wanted: Chosen, figure: Mapping[str, Any], counted: Mapping[str, Any], visit: Visit
) -> Iterator[Group]:
    """Yield the records of each list that is wanted, from the answer to the query."""
    scope, language = scope_of(visit), visit.language
    titles = _titles(language)
    for name in wanted.lists:
        found = counted[name]
        records = [
            record
            for node in found["nodes"]
            if (record := _record(name, node, wanted, counted, scope, language)) is not None
        ]
        here = {
            **scope.given,
            **wanted.classes,
            _LIST: name,
            _AFTER: found["pageInfo"]["endCursor"],
        }
        following = addresses.with_query(visit.path, here) + "#records"
        yield Group(
            _words(wanted, language) or titles[name],
            records,
            _total(visit.inside["figure"], name, figure, len(records)),
            following if found["pageInfo"]["hasNextPage"] else None,
        )


def _total(name: str, list_: str, figure: Mapping[str, Any], shown: int) -> int:
    if name not in LISTED:
        return shown
    number = LISTED[name][list_]
    rows = figure.get("list")
    return int(figure[number] if rows is None else sum(row[number] for row in rows))


def _titles(language: Language) -> Mapping[str, str]:
    _ = language.gettext
    return {
        "questions": _("Questions"),
        "iterations": _("Trials"),
        "failures": _("Failures"),
        "learnings": _("Learnings"),
        "publications": _("Publications"),
        "inspirations": _("Inspirations"),
        "memberships": _("Organisations"),
        _PASSED[1]: _("Learnings that were taken up"),
    }


def _words(wanted: Chosen, language: Language) -> str:
    """Return the classes that are wanted in words."""
    closed = {
        field: list_ for _name, fields in _CLASSED.values() for field, list_ in fields.items()
    }
    return ", ".join(
        language.gettext("not classified")
        if value == NONE
        else language.gettext(terms.title(closed[field], value))
        for field, value in wanted.classes.items()
        if field in closed
    )


def _record(
    name: str,
    node: Mapping[str, Any],
    wanted: Chosen,
    counted: Mapping[str, Any],
    scope: Scope,
    language: Language,
) -> Record | None:
    """Return a row of a list as a record, None if the figure does not count it."""
    if name == _PASSED[1]:
        return _passed(node, wanted)
    if name == "memberships":
        organisation = node["organisation"]
        if organisation is None or organisation["key"] in {one["key"] for one in counted["hosts"]}:
            return None
        joined = any(_is_until(stay["joinedAt"], scope) for stay in node["stays"])
        return of_subject(organisation, language) if joined else None
    if wanted.items is not None and node["stream"] not in wanted.items:
        return None
    return of_subject(node, language)


def _passed(adoption: Mapping[str, Any], wanted: Chosen) -> Record | None:
    learning, taker = adoption["learning"], adoption["organisation"]
    giver = learning and learning["organisation"]
    is_counted = wanted.items is None or f"event/{adoption['position']}" in wanted.items
    if not (is_counted and giver and taker) or giver["key"] != wanted.classes[_GIVER]:
        return None
    named = heading(learning, "")
    names = f"{giver['name']} → {taker['name']}"
    return Record(adoption["time"], names, named.text, (), named.href)


def _is_until(time: str, scope: Scope) -> bool:
    return scope.at is None or datetime.fromisoformat(time) <= scope.at

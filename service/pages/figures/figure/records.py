"""The records that a figure counts, each as a line that leads to its page. A page of them is asked for at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.vocabulary.stream import stream_of
from service.graphql.node_ids import ENTRY, Identity
from service.pages.figures.figure import listed
from service.pages.figures.figure.listed import LISTED, Group
from service.pages.figures.scope import Scope, scope_of
from service.pages.frame import addresses
from service.pages.frame.language import Language
from service.pages.frame.page import Answer, Visit
from service.pages.parts.records import Record, heading, of_subject

PAGE_SIZE: Final = 100

_PAIR: Final = "pair"


@dataclass(frozen=True)
class Records:
    """A page of the records, of `total` in all; `pages` are the addresses of all pages, None for this one.

    `is_listed` is false if they cannot be listed for this scope. `all` is the address of all of them if these are only
    some.
    """

    groups: Sequence[Group]
    total: int
    pages: Sequence[str | None]
    is_listed: bool = True
    all: str | None = None


def variables(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the query for the records, None if there are none to ask for."""
    name, scope = visit.inside["figure"], scope_of(visit)
    figure = (answer["insights"] or {}).get(name)
    if answer["cohort"] is None or figure is None:
        return None
    wanted = listed.chosen(figure, visit) if _is_listed(name, scope) else None
    items = [] if wanted else list(_page(figure, visit))
    streams = {stream for item in items for stream in _streams(item)}
    return {
        "key": visit.key,
        "streams": sorted(streams),
        "ids": [_id(item) for item in items if item.startswith(f"{ENTRY}/")],
        **listed.variables(wanted, scope, visit),
    }


def records(answer: Answer, visit: Visit) -> Records:
    """Return the records of the figure, from the answers to both queries."""
    name, scope, language = visit.inside["figure"], scope_of(visit), visit.language
    figure = answer["insights"][name]
    if not _is_listed(name, scope):
        return Records((), 0, (), is_listed=False)
    if (wanted := listed.chosen(figure, visit)) is not None:
        groups = list(listed.groups(wanted, figure, answer["counted"], visit))
        is_part = wanted.classes or wanted.after
        everything = f"{scope.address(name)}#records" if is_part else None
        return Records(groups, sum(len(one.records) for one in groups), (), all=everything)
    found = {one["stream"]: one for one in answer.get("subjects", ()) if one}
    entries = {one["position"]: one for one in answer.get("nodes", ()) if one}
    shown = []
    for title, items in _groups(figure, visit):
        made = (_record(item, found, entries, language) for item in items)
        shown.append(Group(title, [one for one in made if one is not None], len(items)))
    total = sum(len(items) for _, items in _all(figure, visit))
    count = -(-total // PAGE_SIZE)
    here = _number(visit)
    pages = [
        None
        if page == here
        else addresses.with_query(visit.path, {**scope.given, "page": str(page)}) + "#records"
        for page in range(1, count + 1)
    ]
    return Records(shown, total, pages if count > 1 else ())


def _is_listed(name: str, scope: Scope) -> bool:
    """Return whether the records can be listed: those that a figure does not name only in the whole time."""
    return name not in LISTED or not scope.filter.keys() - {"cohorts", "organisations"}


def _number(visit: Visit) -> int:
    text = visit.query.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _all(figure: Mapping[str, Any], visit: Visit) -> Sequence[tuple[str, Sequence[str]]]:
    """Return the items of a figure, in the groups that it has."""
    if "items" in figure:
        return [("", figure["items"])]
    rows = [row for row in figure.get("list", ()) if "items" in row]
    return [
        (visit.language.gettext("%(months)s months after the close") % row, row["items"])
        for row in rows
        if row["items"]
    ]


def _groups(figure: Mapping[str, Any], visit: Visit) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield those items that stand on this page, in their groups."""
    begin = (_number(visit) - 1) * PAGE_SIZE
    passed = 0
    for title, items in _all(figure, visit):
        part = items[max(begin - passed, 0) : max(begin + PAGE_SIZE - passed, 0)]
        passed += len(items)
        if part:
            yield title, part


def _page(figure: Mapping[str, Any], visit: Visit) -> Iterator[str]:
    for _, items in _groups(figure, visit):
        yield from items


def _id(item: str) -> str:
    kind, _, position = item.partition("/")
    return Identity(kind, position).id


def _streams(item: str) -> Sequence[str]:
    kind, _, keys = item.partition("/")
    if kind == _PAIR:
        return [stream_of("organisation", key) for key in keys.split(",")]
    return () if kind == ENTRY else (item,)


def _record(
    item: str,
    found: Mapping[str, Mapping[str, Any]],
    entries: Mapping[int, Mapping[str, Any]],
    language: Language,
) -> Record | None:
    """Return an item as a record, None if it has been hidden since the figure was computed."""
    kind, _, name = item.partition("/")
    if kind == ENTRY:
        if (entry := entries.get(int(name))) is None:
            return None
        subject = entry["subject"]
        href = addresses.of_subject(subject) if subject else None
        return Record(entry["time"], "", entry["summary"], (), href)
    subjects = [found[stream] for stream in _streams(item) if stream in found]
    if kind == _PAIR:
        names = " → ".join(heading(one, "").text for one in subjects)
        return Record(None, "", names, (), addresses.of_subject(subjects[0])) if subjects else None
    return of_subject(subjects[0], language) if subjects else None

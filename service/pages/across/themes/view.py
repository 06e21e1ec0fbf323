"""What the page of recurring themes shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.vocabulary.stream import stream_of
from events.vocabulary.values.text_folding import folded
from service.graphql.figure_documents import definition
from service.pages.charts.matrix import Count, Heading, Matrix, of_counts
from service.pages.frame import addresses
from service.pages.frame.page import Answer, Visit
from service.pages.parts.records import Record, heading, of_subject

PAGE_SIZE: Final = 80
SUBJECTS_MAX: Final = 99
"""The number of cohorts of a chosen theme that are named; with its learning, that is what one query may name."""

COLUMNS_MAX: Final = 12
"""The number of cohorts beside which themes can still be read. If there are more, each theme says its own."""

_FIGURE: Final = "recurringThemes"
_KINDS: Final = ("questions", "failures", "learnings")


@dataclass(frozen=True)
class Theme:
    """A theme: in how many cohorts it occurs, from when to when, how often, and the latest learning about it."""

    heading: Heading
    cohorts: int
    first: str
    last: str
    counts: Mapping[str, int]
    learning: Heading | None


@dataclass(frozen=True)
class Carriers:
    """What carries the chosen theme: of each kind `total` records, of which the first are given."""

    kind: str
    total: int
    records: Sequence[Record]


@dataclass(frozen=True)
class ThemesPage:
    """The themes of a page, `total` in all. With a chosen `theme`, the cohorts with it and what carries it.

    `cohort` is the one whose carriers are given, if the address names one; `whole` is then the address of those of all.
    `partial` says whether something is hidden from the visitor. `beside` are the themes that occur together with it.
    `matrix` is None if there are too many cohorts for it.
    """

    theme: str
    cohort: Heading | None
    whole: str
    partial: bool
    themes: Sequence[Theme]
    total: int
    matrix: Matrix | None
    cohorts: Sequence[tuple[Heading, str, Mapping[str, int]]]
    carriers: Sequence[Carriers]
    beside: Sequence[Heading]
    definition: str
    pages: Sequence[str | None]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query: for one theme if the address names it."""
    theme = _theme(visit)
    return {
        "filter": {"themes": [theme]} if theme else {},
        "themes": [theme] if theme else [],
        "cohorts": [cohort] if theme and (cohort := _cohort(visit)) else None,
        "one": bool(theme),
    }


def names(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the query for the names of what stands on this page, None if nothing does."""
    rows = _rows(answer, visit)
    streams = {stream_of("learning", row["learning"]) for row in rows if row["learning"]}
    streams |= {stream_of("cohort", key) for key in _columns(rows)}
    return {"streams": sorted(streams)} if streams else None


def view(answer: Answer, visit: Visit) -> ThemesPage | None:
    """Return what the page shows, None if there is no such page."""
    if answer["insights"] is None:
        return None
    rows, theme = _rows(answer, visit), _theme(visit)
    found = {one["stream"]: one for one in answer.get("subjects", ()) if one}
    columns = {key: heading(found.get(stream_of("cohort", key)), key) for key in _columns(rows)}
    total = len(_all(answer))
    here, count = _number(visit), -(-total // PAGE_SIZE)
    pages = [
        None if page == here else addresses.with_query(visit.path, {"page": str(page)})
        for page in range(1, count + 1)
    ]
    cohort = _cohort(visit) if theme else ""
    return ThemesPage(
        theme,
        columns.get(cohort, Heading(cohort)) if cohort else None,
        _href(theme),
        answer["insights"]["partial"],
        [_shown(row, found) for row in rows],
        total,
        None if theme or not columns else _matrix(rows, columns),
        [
            (
                columns[one["cohort"]],
                _figures(one["cohort"], theme),
                {kind: one[kind] for kind in _KINDS},
            )
            for row in rows
            if theme
            for one in row["cohorts"]
            if one["cohort"] in columns
        ],
        [
            Carriers(
                kind,
                answer[kind]["filteredCount"],
                [of_subject(one, visit.language) for one in answer[kind]["nodes"]],
            )
            for kind in _KINDS
            if theme and answer.get(kind)
        ],
        [
            Heading(row["theme"], _href(row["theme"]))
            for row in _all(answer)
            if theme and folded(row["theme"]) != folded(theme)
        ],
        definition(_FIGURE),
        pages if count > 1 and not theme else (),
    )


def _theme(visit: Visit) -> str:
    """Return the theme that the address names, as themes are written: in lower case."""
    return visit.query.get("theme", "").strip().lower()


def _cohort(visit: Visit) -> str:
    """Return the key of the cohort that the address names."""
    return visit.query.get("cohort", "").strip()


def _number(visit: Visit) -> int:
    text = visit.query.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _all(answer: Answer) -> Sequence[Mapping[str, Any]]:
    figure = (answer["insights"] or {}).get(_FIGURE)
    return figure["list"] if figure else ()


def _rows(answer: Answer, visit: Visit) -> Sequence[Mapping[str, Any]]:
    """Return the themes of this page; of a chosen theme only itself, though others occur with it."""
    if theme := folded(_theme(visit)):
        return [row for row in _all(answer) if folded(row["theme"]) == theme]
    begin = (_number(visit) - 1) * PAGE_SIZE
    return _all(answer)[begin : begin + PAGE_SIZE]


def _columns(rows: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """Return the cohorts of these themes, none if there are too many to stand beside each other."""
    keys = list(dict.fromkeys(one["cohort"] for row in rows for one in row["cohorts"]))
    return keys[:SUBJECTS_MAX] if len(rows) == 1 or len(keys) <= COLUMNS_MAX else ()


def _href(theme: str) -> str:
    return addresses.with_query("/themes", {"theme": theme})


def _figures(cohort: str, theme: str) -> str:
    """Return the address of the figures of a cohort for a theme."""
    base = addresses.of_kind("cohort", cohort)
    return addresses.with_query(f"{base}/figures", {"themes": theme})


def _shown(row: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]]) -> Theme:
    learning = found.get(stream_of("learning", row["learning"])) if row["learning"] else None
    return Theme(
        Heading(row["theme"], _href(row["theme"])),
        len(row["cohorts"]),
        row["first"],
        row["last"],
        {kind: sum(one[kind] for one in row["cohorts"]) for kind in _KINDS},
        heading(learning, row["learning"]) if learning else None,
    )


def _matrix(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Heading]) -> Matrix:
    return of_counts(
        {row["theme"]: Heading(row["theme"], _href(row["theme"])) for row in rows},
        columns,
        {
            (row["theme"], one["cohort"]): Count(
                sum(one[kind] for kind in _KINDS),
                addresses.with_query("/themes", {"theme": row["theme"], "cohort": one["cohort"]}),
            )
            for row in rows
            for one in row["cohorts"]
        },
    )

"""What the page with the cohorts beside each other shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.graphql.figure_documents import definition
from service.pages.charts.geometry import FEW, number
from service.pages.frame import addresses
from service.pages.frame.language import Language
from service.pages.frame.page import Answer, Visit
from service.pages.parts.meanings import meanings

PAGE_SIZE: Final = 100
DOT_WIDTH: Final = 48
"""The width of the line on which the dot of a share stands, in CSS pixels."""

_MARGIN: Final = 5


@dataclass(frozen=True)
class Value:
    """A number in the table, with the address of what it counts; `dot` is the place of a share on its line."""

    text: str
    href: str | None = None
    dot: float | None = None


@dataclass(frozen=True)
class Row:
    """A cohort with its numbers, in the order of the columns."""

    cohort: Mapping[str, Any]
    values: Sequence[Value]


@dataclass(frozen=True)
class Column:
    """A column: its title, and the figure that defines it."""

    title: str
    figure: str


@dataclass(frozen=True)
class Counted:
    """A figure that columns have: the titles of these, what it counts in plain words, and the graph's definition."""

    columns: Sequence[str]
    meaning: str
    figure: str
    definition: str


@dataclass(frozen=True)
class CohortsPage:
    """Cohorts, the latest first, `total` in all, with what their columns count.

    `partial` says whether something of them is hidden from the visitor. `newer` and `older` are the addresses of the
    neighbouring pages.
    """

    rows: Sequence[Row]
    columns: Sequence[Column]
    counted: Sequence[Counted]
    partial: bool
    total: int
    text: str
    newer: str | None
    older: str | None


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query: the page before or after a cursor, of cohorts with these words."""
    before, after = (visit.query.get(name) or None for name in ("before", "after"))
    backwards = before is not None
    return {
        "first": None if backwards else PAGE_SIZE,
        "last": PAGE_SIZE if backwards else None,
        "before": before,
        "after": None if backwards else after,
        "text": _text(visit) or None,
    }


def compared(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the query that compares the cohorts of the page, None if there are none."""
    nodes = answer["cohorts"]["nodes"] if answer.get("cohorts") else ()
    return {"cohorts": [one["key"] for one in nodes]} if nodes else None


def view(answer: Answer, visit: Visit) -> CohortsPage | None:
    """Return what the page shows, None if there is no such page."""
    cohorts = answer.get("cohorts")
    if cohorts is None:
        return None
    insights = answer.get("insights") or {}
    figures = (insights.get("compareCohorts") or {}).get("list", ())
    partial = insights.get("partial", False)
    found = {row["cohort"]: row for row in figures}
    columns = _columns(visit.language)
    page, text = cohorts["pageInfo"], _text(visit)

    def beside(name: str, cursor: str | None, is_there: bool) -> str | None:
        if not is_there:
            return None
        return addresses.with_query(visit.path, {"text": text or None, name: cursor})

    def values(key: str) -> Sequence[Value]:
        return _values(found[key], visit.language, partial) if key in found else ()

    return CohortsPage(
        [Row(one, values(one["key"])) for one in cohorts["nodes"]],
        columns,
        _counted(columns, visit.language),
        partial,
        cohorts["filteredCount"],
        text,
        beside("before", page["startCursor"], page["hasPreviousPage"]),
        beside("after", page["endCursor"], page["hasNextPage"]),
    )


def _text(visit: Visit) -> str:
    return visit.query.get("text", "").strip()[:200]


def _columns(language: Language) -> Sequence[Column]:
    _ = language.gettext
    return (
        Column(_("Members"), "retention"),
        Column(_("Questions"), "funnel"),
        Column(_("Trials / concluded"), "funnel"),
        Column(_("Failures"), "failureMix"),
        Column(_("Learnings / taken up"), "funnel"),
        Column(_("Times people took part"), "reach"),
        Column(_("Median days to first trial"), "timeToFirstIteration"),
        Column(_("Failures learned from"), "failureConversion"),
        Column(_("Learnings of new thinking"), "doubleLoop"),
        Column(_("Made public"), "openness"),
        Column(_("Members that stayed"), "retention"),
        Column(_("Continue after a year, of those that checked in"), "sustained"),
    )


def _counted(columns: Sequence[Column], language: Language) -> Sequence[Counted]:
    titles: dict[str, list[str]] = {}
    for column in columns:
        titles.setdefault(column.figure, []).append(column.title)
    meaning = meanings(language)
    return [
        Counted(of, meaning[figure], figure, definition(figure)) for figure, of in titles.items()
    ]


def _values(row: Mapping[str, Any], language: Language, partial: bool) -> Sequence[Value]:
    """Return the numbers of a cohort.

    How many stayed, and how long half of the questions waited, is left out if something may be hidden.
    """
    base = addresses.of_kind("cohort", row["cohort"])

    def count(name: str, page: str, of: str | None = None) -> Value:
        text = language.number(row[name])
        if of is not None:
            text += f" / {language.number(row[of])}"
        return Value(text, f"{base}/{page}")

    def share(name: str, whole: int) -> Value:
        href = f"{base}/figures/{name}"
        if row[name] is None:
            return Value("")
        if whole < FEW:
            return Value(language.gettext("few"), href)
        place = _MARGIN + row[name] * (DOT_WIDTH - 2 * _MARGIN)
        return Value(language.percent(row[name]), href, number(place))

    days = None if partial else row["timeToFirstIteration"]
    failures, learnings, members = row["failures"], row["learnings"], row["organisations"]
    return (
        count("organisations", "figures/retention#records"),
        count("questions", "figures/funnel#records"),
        count("planned", "figures/funnel#records", "concluded"),
        count("failures", "figures/failureMix#records"),
        count("learnings", "figures/funnel#records", "adopted"),
        count("participations", "figures/reach#records"),
        Value(
            "" if days is None else language.number(days),
            None if days is None else f"{base}/figures/timeToFirstIteration",
        ),
        share("failureConversion", failures),
        share("doubleLoop", learnings),
        share("openness", failures + learnings),
        Value("") if partial else share("retention", members),
        share("sustained", members),
    )

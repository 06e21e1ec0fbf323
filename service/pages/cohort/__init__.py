"""The pages of a cohort: at a glance, what waits, its questions, failures, learnings and pairings."""

from collections.abc import Callable, Mapping
from typing import Any

from service.pages.cohort import failures, learnings, overview, pairings, questions, week
from service.pages.frame.page import Answer, Further, Page, Visit, read_query


def _page(
    name: str,
    view: Callable[[Answer, Visit], object | None],
    variables: Callable[[Visit], Mapping[str, Any]],
    ending: str = "",
    further: tuple[Further, ...] = (),
) -> Page:
    return Page(
        f"cohort/{name or 'overview'}",
        f"/cohorts/{{key}}/{name}{ending}".rstrip("/"),
        view,
        variables,
        stream=lambda visit: f"cohort/{visit.key}",
        further=further,
    )


PAGES = (
    _page("", overview.view, overview.variables),
    _page("week", week.view, week.variables),
    _page("questions", questions.view, questions.variables),
    _page("failures", failures.view, failures.variables),
    _page("learnings", learnings.view, learnings.variables),
    _page("pairings", pairings.view, pairings.variables),
)

_LATELY = read_query("cohort/week", name="lately")

FILES = (
    _page("week", week.as_text, week.variables, ".txt", (Further(_LATELY, week.lately_variables),)),
    _page(
        "week",
        week.as_atom,
        week.atom_variables,
        ".atom",
        (Further(_LATELY, week.atom_lately_variables),),
    ),
)

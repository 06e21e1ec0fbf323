"""What the page of a cohort shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from service.pages.charts.geometry import Mark
from service.pages.cohort import marks
from service.pages.frame.language import Language
from service.pages.frame.page import Answer, Visit
from service.pages.parts.day import Day, instant
from service.pages.parts.happened import HAPPENED, in_force
from service.pages.record.next_steps.steps import NextStep, next_steps

Thing = Mapping[str, Any]
"""A subject of the graph."""

QUESTIONS_MAX: Final = 3
"""How many questions of an organisation are shown."""

LATELY_MAX: Final = 10
"""How many of the latest entries are shown."""

_MONTHS: Final = 12


@dataclass(frozen=True)
class Member:
    """An organisation with some of its questions, open ones before others, and the marks of its trials, in order.

    `left` is when it left, None if it is in. `more_questions` and `more_trials` are how many are not shown.
    """

    organisation: Thing
    left: str | None
    questions: Sequence[Thing]
    more_questions: int
    trials: Sequence[Mark]
    more_trials: int


@dataclass(frozen=True)
class CohortPage:
    """A cohort, its members, the counts of its funnel, and the latest of what happened, the newest first.

    Of the trials, those that are not concluded are `running`, `left_open` as their organisation has left, or only
    `planned`.

    `month` is the present one of those planned, from 1; None before the beginning and after the close. `partial` says
    whether something of the cohort is hidden from the visitor. `key` says what the marks of trials stand for. `next` is
    what the visitor may record about the cohort.
    """

    cohort: Thing
    month: int | None
    members: Sequence[Member]
    key: Sequence[Mark]
    counts: Mapping[str, int] | None
    running: int
    left_open: int
    planned: int
    pairings: int
    partial: bool
    lately: Sequence[Thing]
    next: Sequence[NextStep]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query."""
    return {
        "key": visit.key,
        "cohorts": [visit.key],
        "happened": HAPPENED,
        "sessions": Day(None, visit.now).sessions,
    }


def view(answer: Answer, visit: Visit) -> CohortPage | None:
    """Return what the page shows, None if there is no such cohort for the visitor."""
    cohort = answer["cohort"]
    if cohort is None:
        return None
    insights = answer["insights"]
    members = [one for one in cohort["memberships"]["nodes"] if one["organisation"]]
    trials = [trial for one in members for trial in one["organisation"]["iterations"]["nodes"]]
    open_ = left_open(members, visit.now)
    return CohortPage(
        cohort=cohort,
        month=month(cohort, visit.now.date()),
        members=[_member(one, visit.language) for one in members],
        key=marks.results_key(trials, visit.language),
        counts=insights["funnel"],
        running=answer["running"]["filteredCount"] - open_,
        left_open=open_,
        planned=answer["planned"]["filteredCount"],
        pairings=cohort["pairings"]["totalCount"],
        partial=insights["partial"],
        lately=in_force(cohort["timeline"])[: -LATELY_MAX - 1 : -1],
        next=next_steps({**cohort, "stream": f"cohort/{cohort['key']}"}, answer, visit),
    )


def month(cohort: Thing, today: date) -> int | None:
    """Return which month of the cohort it is, from 1; None before it begins and after it has closed."""
    began = date.fromisoformat(cohort["startsOn"])
    if cohort["closedAt"] is not None or today < began:
        return None
    passed = (today.year - began.year) * _MONTHS + today.month - began.month
    return passed + (1 if today.day >= began.day else 0)


def left_open(members: Sequence[Thing], now: datetime) -> int:
    """Return how many trials of organisations that have left were started and never concluded, of those shown."""
    return sum(
        trial["state"] == "STARTED"
        for one in members
        if (left := one["stays"][-1]["leftAt"]) is not None and instant(left) <= now
        for trial in one["organisation"]["iterations"]["nodes"]
    )


def _member(membership: Thing, language: Language) -> Member:
    organisation = membership["organisation"]
    questions, trials = organisation["questions"], organisation["iterations"]
    shown = sorted(questions["nodes"], key=lambda one: one["state"] != "OPEN")[:QUESTIONS_MAX]
    return Member(
        organisation=organisation,
        left=membership["stays"][-1]["leftAt"],
        questions=shown,
        more_questions=questions["filteredCount"] - len(shown),
        trials=[marks.of_trial(trial, language) for trial in trials["nodes"]],
        more_trials=trials["filteredCount"] - len(trials["nodes"]),
    )

"""What the report of a cohort shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from service.pages.figures.fitting import FITTING
from service.pages.figures.overview.view import ShownSection, shown_sections
from service.pages.figures.report.stories import Story, in_time, story
from service.pages.figures.scope import Scope, scope_of
from service.pages.figures.shown import Shown
from service.pages.frame import addresses
from service.pages.frame.page import Answer, Visit
from service.pages.parts.glossary import Explained
from service.pages.parts.readership import (
    LEVEL,
    PRIVATE,
    Readership,
    may_see_all,
    readership,
)

_NOT_REPORTED: Final = frozenset(
    {
        *("quietOrganisations", "stalledIterations", "openAsks", "openCommitments"),
        *("danglingPivots", "noFailuresTold", "pairingSuggestions", "pairingsWithoutMeeting"),
    }
)
"""The figures about what waits: they are for who works with the cohort now."""

FIGURES: Final = tuple(name for name in FITTING if name not in _NOT_REPORTED)


@dataclass(frozen=True)
class Report:
    """A cohort as a document, made at a moment from the log up to a position. `readership` says who may see all of it.

    `partial` says whether something of the cohort is hidden from its readers. `words` are those that its figures use.
    `other` is the address of the report for another readership, None if there is none for the visitor. `failures` is
    the number of failures in it, and `seen_failures` that of those which the visitor sees; None if not given.
    """

    cohort: Mapping[str, Any]
    scope: Scope
    made: datetime
    position: int
    readership: Readership
    partial: bool
    other: str | None
    failures: int | None
    seen_failures: int | None
    wordings: Sequence[Mapping[str, Any]]
    members: Sequence[Mapping[str, Any]]
    sections: Sequence[ShownSection]
    words: Sequence[Explained]
    withheld: Sequence[Shown]
    stories: Sequence[Story]
    publications: Sequence[Mapping[str, Any]]

    @property
    def figures(self) -> Sequence[Shown]:
        """All figures, in order."""
        return [figure for section in self.sections for figure in section.figures]


def first_variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query as the visitor. Raises as `scope_of` does."""
    variables = report_scope(visit).variables
    return {name: variables[name] for name in ("key", "filter", "at")}


def variables(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the query for the content, None if there is no such cohort for the visitor."""
    if answer["found"] is None:
        return None
    scope = report_scope(visit)
    return {**scope.variables, "filter": {"cohorts": [visit.key]}}


def report_scope(visit: Visit) -> Scope:
    """Return the scope of the report: the whole cohort up to a moment. Raises as `scope_of` does."""
    found = scope_of(visit)
    given = {"at": found.given["at"]} if "at" in found.given else {}
    return Scope(visit.key, {"cohorts": [visit.key]}, found.at, given)


def view(answer: Answer, visit: Visit) -> Report | None:
    """Return the report, None if there is none for the visitor."""
    cohort, insights = answer.get("cohort"), answer.get("insights")
    if cohort is None or insights is None:
        return None
    scope = report_scope(visit)

    def is_until(time: str | None) -> bool:
        return time is not None and (scope.at is None or datetime.fromisoformat(time) <= scope.at)

    sections, withheld = shown_sections(cohort, insights, scope, visit, FIGURES)
    memberships = [one for one in cohort["memberships"]["nodes"] if one["organisation"]]
    stories = [story(one, is_until) for one in memberships]
    shared = cohort["sharedQuestion"]
    return Report(
        cohort,
        scope,
        visit.now,
        visit.position,
        readership(answer, visit),
        insights["partial"],
        _other(answer, visit, scope),
        _failures(insights),
        _failures(answer["seen"]),
        in_time(shared["framings"]["nodes"], is_until) if shared else (),
        memberships,
        sections,
        [words for one in sections for figure in one.figures for words in figure.words],
        withheld,
        [one for one in stories if one.stays],
        [
            one
            for one in in_time(cohort["publications"]["nodes"], is_until)
            if not is_until(one["withdrawnAt"])
        ],
    )


def _failures(insights: Mapping[str, Any]) -> int | None:
    mix = insights["failureMix"]
    return None if mix is None else mix["n"]


def _other(answer: Answer, visit: Visit, scope: Scope) -> str | None:
    if not may_see_all(answer, visit):
        return None
    level = None if readership(answer, visit) is Readership.OVERSEERS else PRIVATE
    return addresses.with_query(visit.path, {**scope.given, LEVEL: level})

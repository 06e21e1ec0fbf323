"""Cohorts side by side."""

from dataclasses import dataclass
from typing import Final

from projections.insights.definition import Answer, figure
from projections.insights.exchange import harvest
from projections.insights.failures import (
    fail_fast,
    failure_conversion,
    failure_mix,
    repeated_share,
)
from projections.insights.iterations import learning_velocity, thin_decisions
from projections.insights.learnings import double_loop, openness
from projections.insights.membership import retention, sustained
from projections.insights.numbers import share
from projections.insights.pairing import Lift
from projections.insights.people import participation_shift, reach
from projections.insights.questions import funnel, time_to_first_iteration
from projections.insights.view import View

_TWELVE_MONTHS: Final = 1


@figure("compareCohorts")
def compare_cohorts(view: View) -> Answer:
    """One row for each visible cohort: the number of organisations ever in it, the counts of funnel, and from the other
    figures, each over the cohort alone: the medians of timeToFirstIteration, learningVelocity and failFast; the shares
    of failureConversion, doubleLoop, corroborated, thinDecisions, openness, substantiated and avoidableRepeats;
    intelligentShare; medianSlope; lift; participations; present ÷ joined as retention; and sustained at 12 months.

    The rows are in order of the creation of the cohorts. A value is null if the figure itself is null.
    """
    at_us = view.lens.at_us
    rows = [cohort_row(view.of_cohort(cohort.key), cohort.key) for cohort in view.cohorts]
    if any(row.lift.runs for row in rows):
        view.lens.flows()
    return {"list": [row.at(at_us) for row in rows]}


@dataclass(frozen=True, slots=True)
class CohortRow:
    """One cohort's row, complete but for the lift, which may change with every moment."""

    figures: Answer
    lift: Lift

    def at(self, at_us: int) -> Answer:
        """Return the row at a moment at which nothing else has changed."""
        return {**self.figures, "lift": self.lift.value(at_us)} if self.lift.runs else self.figures


def cohort_row(own: View, cohort: str) -> CohortRow:
    """Return the row of a cohort from the view of it alone."""
    lift = Lift.over(own)
    return CohortRow(_row(own, cohort, lift.value(own.lens.at_us)), lift)


def _row(own: View, cohort: str, lift: float | None) -> Answer:
    first, learned, failed = (
        _middle(figure_(own)) for figure_ in (time_to_first_iteration, learning_velocity, fail_fast)
    )
    double = _given(double_loop(own))
    stays = _given(retention(own))
    later = sustained(own)
    return {
        "cohort": cohort,
        "organisations": len(own.memberships),
        **_given(funnel(own)),
        "timeToFirstIteration": first,
        "learningVelocity": learned,
        "failFast": failed,
        "failureConversion": _share(failure_conversion(own)),
        "doubleLoop": double["share"],
        "corroborated": double["corroborated"],
        "thinDecisions": _share(thin_decisions(own)),
        "openness": _share(openness(own)),
        "substantiated": _given(harvest(own))["substantiated"],
        "avoidableRepeats": repeated_share(own) if own.is_whole() else None,
        "intelligentShare": _given(failure_mix(own))["intelligentShare"],
        "medianSlope": _given(participation_shift(own))["medianSlope"],
        "lift": lift,
        "participations": _given(reach(own))["participations"],
        "retention": share(stays["present"], stays["joined"]),
        "sustained": later["list"][_TWELVE_MONTHS]["share"] if later is not None else None,
    }


def _given(answer: Answer | None) -> Answer:
    assert answer is not None, "this figure is given to everybody"
    return answer


def _share(answer: Answer | None) -> float | None:
    return None if answer is None else answer["share"]


def _middle(answer: Answer | None) -> float | None:
    cuts = _given(answer)["quartiles"]
    return None if cuts is None else cuts[1]

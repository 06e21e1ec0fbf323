"""Cohorts side by side."""

from typing import Final

from projections.insights.definition import Answer, figure
from projections.insights.exchange import harvest
from projections.insights.failures import (
    avoidable_repeats,
    fail_fast,
    failure_conversion,
    failure_mix,
)
from projections.insights.iterations import learning_velocity, thin_decisions
from projections.insights.learnings import double_loop, openness
from projections.insights.membership import retention, sustained
from projections.insights.numbers import share
from projections.insights.pairing import pairing_lift
from projections.insights.people import participation_shift, reach
from projections.insights.questions import funnel, time_to_first_iteration
from projections.insights.view import View

_TWELVE_MONTHS: Final = 1


@figure("compareCohorts")
def compare_cohorts(view: View) -> Answer:
    """One row per visible cohort: the number of organisations ever in it, the funnel's counts, and of the other
    figures, each over the cohort alone: the medians of timeToFirstIteration, learningVelocity and failFast; the
    shares of failureConversion, doubleLoop, corroborated, thinDecisions, openness, substantiated, avoidableRepeats;
    intelligentShare; medianSlope; lift; participations; present ÷ joined as retention; sustained at 12 months.

    By the creation of the cohorts. Null where the figure itself is.
    """
    return {"list": [cohort_row(view, cohort.key) for cohort in view.cohorts]}


def cohort_row(view: View, cohort: str) -> Answer:
    """Return one cohort's row."""
    own = view.of_cohort(cohort)
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
        "thinDecisions": _share(thin_decisions(own)),
        "openness": _share(openness(own)),
        "avoidableRepeats": _share(avoidable_repeats(own)),
        "corroborated": double["corroborated"],
        "substantiated": _given(harvest(own))["substantiated"],
        "intelligentShare": _given(failure_mix(own))["intelligentShare"],
        "medianSlope": _given(participation_shift(own))["medianSlope"],
        "lift": _given(pairing_lift(own))["lift"],
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

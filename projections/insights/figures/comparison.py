"""The figure that compares cohorts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from projections.insights.figures.definition import Answer, Parts, figure, parts_of
from projections.insights.figures.failures import repeated_share
from projections.insights.figures.membership import sustained
from projections.insights.figures.pairing import Lift
from projections.insights.measures.numbers import share
from projections.insights.measures.sums import answered
from projections.insights.perspective.scoped import ScopedPerspective

SUMMED: Final = frozenset(
    {
        *("funnel", "timeToFirstIteration", "learningVelocity", "failFast", "failureConversion"),
        *("doubleLoop", "thinDecisions", "openness", "harvest", "failureMix"),
        *("participationShift", "reach", "retention"),
    }
)
"""The figures of a row that are sums."""

_TWELVE_MONTHS: Final = 1


@figure("compareCohorts")
def compare_cohorts(view: ScopedPerspective) -> Answer:
    """One row for each visible cohort: the number of organisations ever in it, the counts of funnel, and from the other
    figures, each over the cohort alone: the medians of timeToFirstIteration, learningVelocity and failFast; the shares
    of failureConversion, doubleLoop, corroborated, thinDecisions, openness, substantiated and avoidableRepeats;
    intelligentShare; medianSlope; lift; participations; present ÷ joined as retention; and sustained at 12 months.

    The rows are in order of the creation of the cohorts. A value is null if the figure itself is null.
    """
    at_us = view.perspective.at_us
    rows = [row_alone(view.of_cohort(cohort.key), cohort.key) for cohort in view.cohorts]
    if any(row.lift.runs for row in rows):
        view.perspective.flows()
    return {"list": [row.at(at_us) for row in rows]}


@dataclass(frozen=True, slots=True)
class CohortRow:
    """The row of one cohort without the lift, which may change at any time."""

    figures: Answer
    lift: Lift

    def at(self, at_us: int) -> Answer:
        """Return the row at a time up to which nothing else has changed."""
        return {**self.figures, "lift": self.lift.value(at_us)} if self.lift.runs else self.figures


def row_alone(own: ScopedPerspective, cohort: str) -> CohortRow:
    """Return the row of a cohort from the view of that cohort."""
    return cohort_row(own, cohort, parts_of(own, whole=own.is_whole(), names=SUMMED))


def cohort_row(own: ScopedPerspective, cohort: str, parts: Parts) -> CohortRow:
    """Return the row of a cohort from the view of that cohort and the parts of the figures there."""
    lift = Lift.over(own)
    return CohortRow(_row(own, cohort, parts, lift.value(own.perspective.at_us)), lift)


def _row(own: ScopedPerspective, cohort: str, parts: Parts, lift: float | None) -> Answer:
    answers = {name: answered(part) for name, part in parts.items()}
    stays = answers["retention"]
    later = sustained(own)
    return {
        "cohort": cohort,
        "organisations": len(own.memberships),
        **answers["funnel"],
        "timeToFirstIteration": _middle(answers, "timeToFirstIteration"),
        "learningVelocity": _middle(answers, "learningVelocity"),
        "failFast": _middle(answers, "failFast"),
        "failureConversion": _share(answers, "failureConversion"),
        "doubleLoop": _share(answers, "doubleLoop"),
        "corroborated": answers["doubleLoop"]["corroborated"],
        "thinDecisions": _share(answers, "thinDecisions"),
        "openness": _share(answers, "openness"),
        "substantiated": answers["harvest"]["substantiated"],
        "avoidableRepeats": repeated_share(own) if own.is_whole() else None,
        "intelligentShare": answers["failureMix"]["intelligentShare"],
        "medianSlope": answers["participationShift"]["medianSlope"],
        "lift": lift,
        "participations": answers["reach"]["participations"],
        "retention": share(stays["present"], stays["joined"]),
        "sustained": later["list"][_TWELVE_MONTHS]["share"] if later is not None else None,
    }


def _share(answers: Mapping[str, Answer], name: str) -> Any:
    return answers[name]["share"] if name in answers else None


def _middle(answers: Mapping[str, Answer], name: str) -> Any:
    cuts = answers[name]["quartiles"]
    return None if cuts is None else cuts[1]

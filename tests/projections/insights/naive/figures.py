"""All figures at once, under the names of the definitions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.projections.insights.naive.by_viewer import (
    across,
    evaluator,
    facilitator,
    organisation,
    pairing,
    people,
)
from tests.projections.insights.naive.history import History
from tests.projections.insights.naive.scope import Scope
from tests.projections.insights.naive.story import Story
from tests.projections.insights.naive.visibility import Viewer, VisibleLog

FIGURES: dict[str, Callable[[Story], Any]] = {
    "quietOrganisations": facilitator.quiet_organisations,
    "noFailuresTold": facilitator.no_failures_told,
    "danglingPivots": facilitator.dangling_pivots,
    "stalledIterations": facilitator.stalled_iterations,
    "openAsks": facilitator.open_asks,
    "openCommitments": facilitator.open_commitments,
    "attendance": facilitator.attendance,
    "pairingsWithoutMeeting": pairing.pairings_without_meeting,
    "inspirationYield": facilitator.inspiration_yield,
    "pairingLift": pairing.pairing_lift,
    "avoidableRepeats": facilitator.avoidable_repeats,
    "pairingSuggestions": pairing.pairing_suggestions,
    "leavers": facilitator.leavers,
    "funnel": evaluator.funnel,
    "timeToFirstIteration": evaluator.time_to_first_iteration,
    "learningVelocity": evaluator.learning_velocity,
    "failFast": evaluator.fail_fast,
    "failureConversion": evaluator.failure_conversion,
    "resultsByDecision": evaluator.results_by_decision,
    "failureMix": evaluator.failure_mix,
    "doubleLoop": evaluator.double_loop,
    "thinDecisions": evaluator.thin_decisions,
    "reach": people.reach,
    "participationShift": people.participation_shift,
    "framingShift": people.framing_shift,
    "harvest": evaluator.harvest,
    "sustained": evaluator.sustained,
    "retention": evaluator.retention,
    "openness": evaluator.openness,
    "perspectiveGap": evaluator.perspective_gap,
    "contestedLearnings": evaluator.contested_learnings,
    "compareCohorts": across.compare_cohorts,
    "diffusion": across.diffusion,
    "recurringThemes": across.recurring_themes,
    "questionFamilies": across.question_families,
    "pathways": across.pathways,
}


@dataclass(frozen=True)
class Asked:
    """What the figures with an argument are asked."""

    mode: str | None = None
    level: str | None = None
    themes: tuple[str, ...] = ()
    organisation: str | None = None
    question: str | None = None
    text: str | None = None
    language: str | None = None
    names: frozenset[str] = field(default_factory=frozenset)  # which figures; all, where empty


def insights(
    history: History,
    *,
    at: int,
    viewer: Viewer = Viewer(),  # noqa: B008  # It is frozen.
    scope: Scope = Scope(),  # noqa: B008  # It is frozen.
    as_of: float = float("inf"),
    asked: Asked = Asked(),  # It is frozen.
) -> dict[str, Any]:
    """Every figure; those with an argument if it is given, and `partial`."""
    history = history.as_it_reads(as_of)
    story = Story(history, VisibleLog(history, viewer), scope, as_of, at)
    figures = dict(FIGURES)
    if asked.mode is not None or asked.level is not None or asked.themes:
        figures["triedBefore"] = lambda story: organisation.tried_before(
            story, asked.mode, asked.level, asked.themes
        )
    figures["costOfLearning"] = lambda story: organisation.cost_of_learning(
        story, asked.organisation
    )
    if asked.organisation is not None:
        key = asked.organisation
        figures["learningReach"] = lambda story: organisation.learning_reach(story, key)
        figures["modesTried"] = lambda story: organisation.modes_tried(story, key)
        figures["rhythm"] = lambda story: organisation.rhythm(story, key)
    if asked.question is not None or asked.text is not None:
        figures["similarQuestions"] = lambda story: organisation.similar_questions(
            story, asked.question, asked.text, asked.language
        )
    wanted = asked.names or frozenset(figures)
    found = {name: figure(story) for name, figure in figures.items() if name in wanted}
    return {"partial": story.is_partial(), **found}

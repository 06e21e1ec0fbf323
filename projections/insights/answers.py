"""Requests for several figures at once, with the arguments of those figures that have some.

The command `howcanwe insights` and replays use it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from projections.insights.figures import (
    comparison,
    exchange,
    facilitation,
    failures,
    iterations,
    learnings,
    membership,
    pairing,
    pathways,
    people,
    questions,
)
from projections.insights.figures.definition import FIGURES, Answer, Definition
from projections.insights.perspective.scoped import ScopedPerspective

ORDER: Final = (
    *("quietOrganisations", "noFailuresTold", "danglingPivots", "stalledIterations", "openAsks"),
    *("openCommitments", "attendance"),
    *("pairingsWithoutMeeting", "inspirationYield", "pairingLift", "avoidableRepeats"),
    *("pairingSuggestions", "leavers"),
    *("funnel", "timeToFirstIteration", "learningVelocity", "failFast", "failureConversion"),
    *("resultsByDecision", "failureMix", "doubleLoop", "thinDecisions", "reach"),
    *("participationShift", "framingShift", "harvest", "sustained", "retention", "openness"),
    *("perspectiveGap", "contestedLearnings"),
    *("triedBefore", "learningReach", "modesTried", "costOfLearning", "rhythm"),
    "similarQuestions",
    *("compareCohorts", "diffusion", "recurringThemes", "questionFamilies", "pathways"),
)
"""The figures by audience: facilitators, evaluators and funders, organisations, and across cohorts."""

ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "triedBefore": ("mode", "level", "themes"),
    **dict.fromkeys(("learningReach", "modesTried", "costOfLearning", "rhythm"), ("organisation",)),
    "similarQuestions": ("question", "text", "language"),
}
"""The arguments that figures have beside the scope."""

NEEDING: Final = ARGUMENTS.keys() - {"costOfLearning"}
"""The figures that need one of their arguments, other than those that only say more about another."""

QUALIFYING: Final = frozenset({"language"})
"""The arguments that only say more about another one."""

GROUPS: Final = (
    *(facilitation, pairing, membership, questions, iterations, failures),
    *(learnings, people, exchange, comparison, pathways),
)
"""The modules with the figures. Importing them fills `FIGURES`."""


@dataclass(frozen=True, slots=True)
class FigureArguments:
    """The arguments of figures. A figure that needs an argument is left out without it.

    `themes` is for triedBefore, and `language` is that of `text`.
    """

    mode: str | None = None
    level: str | None = None
    themes: tuple[str, ...] = ()
    organisation: str | None = None
    question: str | None = None
    text: str | None = None
    language: str | None = None

    def arguments(self, name: str) -> Mapping[str, Any] | None:
        """Return the arguments for a figure, None if it needs one that is missing."""
        named = {argument: getattr(self, argument) for argument in ARGUMENTS.get(name, ())}
        given = {argument: value for argument, value in named.items() if value not in (None, ())}
        return None if name in NEEDING and given.keys() <= QUALIFYING else given


def definitions() -> dict[str, Definition]:
    """Return every figure by its name, in order."""
    return {name: FIGURES[name] for name in ORDER}


def answers(
    view: ScopedPerspective,
    asked: FigureArguments | None = None,
    names: Collection[str] | None = None,
) -> dict[str, Answer | None]:
    """Return the figures with these names (all if None), without those whose argument is missing."""
    asked = asked or FigureArguments()
    found: dict[str, Answer | None] = {}
    for name, definition in definitions().items():
        arguments = asked.arguments(name)
        if arguments is not None and (names is None or name in names):
            found[name] = definition.compute(view, **arguments)
    return found

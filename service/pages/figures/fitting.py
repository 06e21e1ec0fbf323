"""The figures that fit a cohort, or a report, in sections, with their titles. Their definitions are the graph's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.pages.figures.described import (
    across,
    learning,
    organisations,
    people,
    trials,
    waiting,
)
from service.pages.figures.described.describing import Describe
from service.pages.frame.language import Language

DESCRIBE: Final[Mapping[str, Describe]] = {
    **trials.DESCRIBE,
    **learning.DESCRIBE,
    **people.DESCRIBE,
    **waiting.DESCRIBE,
}
"""What describes each figure that fits a cohort. The others compare cohorts, or are about one organisation."""

FITTING: Final = tuple(DESCRIBE)

ACROSS: Final = tuple(across.DESCRIBE)
"""The figures that compare cohorts."""

OF_ORGANISATION: Final = tuple(organisations.DESCRIBE)
"""The figures that are about one organisation."""

DESCRIBE_REPORTED: Final[Mapping[str, Describe]] = {
    **DESCRIBE,
    **across.DESCRIBE,
    **organisations.DESCRIBE,
}
"""What describes each figure that a report may have."""

REPORTED: Final = tuple(DESCRIBE_REPORTED)


@dataclass(frozen=True)
class Section:
    """Figures that answer one question. `key` is its anchor."""

    key: str
    title: str
    figures: Sequence[str]


def sections(language: Language) -> tuple[Section, ...]:
    """Return the sections, which have every figure once."""
    _ = language.gettext
    return (
        Section(
            "progress",
            _("How far did they get?"),
            ("funnel", "timeToFirstIteration", "resultsByDecision", "thinDecisions", "pathways"),
        ),
        Section(
            "failures",
            _("What failed, and what was learned?"),
            (
                *("failureMix", "failFast", "failureConversion", "learningVelocity", "doubleLoop"),
                *("perspectiveGap", "avoidableRepeats", "contestedLearnings", "costOfLearning"),
            ),
        ),
        Section(
            "people",
            _("Who took part?"),
            ("reach", "participationShift", "framingShift", "attendance"),
        ),
        Section(
            "outcomes",
            _("What changed, and what lasts?"),
            ("harvest", "sustained", "retention", "leavers"),
        ),
        Section(
            "exchange",
            _("What travelled?"),
            (
                *("diffusion", "pairingLift", "inspirationYield", "openness"),
                *("questionFamilies", "pairingSuggestions", "pairingsWithoutMeeting"),
            ),
        ),
        Section(
            "waiting",
            _("What waits?"),
            (
                *("quietOrganisations", "stalledIterations", "openAsks", "openCommitments"),
                *("danglingPivots", "noFailuresTold"),
            ),
        ),
    )


def titles(language: Language) -> Mapping[str, str]:
    """Return the title of each figure, by its name in the graph."""
    _ = language.gettext
    return {
        "funnel": _("From question to publication"),
        "timeToFirstIteration": _("Time to the first trial"),
        "resultsByDecision": _("Results and decisions"),
        "thinDecisions": _("Decisions on thin evidence"),
        "pathways": _("Paths of trials"),
        "failureMix": _("Kinds of failure"),
        "failFast": _("Time to failure"),
        "failureConversion": _("Failures that led to learning"),
        "learningVelocity": _("Time to the first learning"),
        "doubleLoop": _("Learning that changes the thinking"),
        "perspectiveGap": _("A failure for whom?"),
        "avoidableRepeats": _("Failures that were known before"),
        "contestedLearnings": _("Challenged learnings"),
        "costOfLearning": _("What learning costs"),
        "reach": _("Taking part"),
        "participationShift": _("How much say people have"),
        "framingShift": _("How organisations see people"),
        "attendance": _("Sessions attended"),
        "harvest": _("Outcomes"),
        "sustained": _("After the close"),
        "retention": _("Who stayed"),
        "leavers": _("Why some left"),
        "diffusion": _("Who learned from whom"),
        "pairingLift": _("What pairing does"),
        "inspirationYield": _("Inspirations used"),
        "openness": _("What is public"),
        "questionFamilies": _("Families of questions"),
        "pairingSuggestions": _("Who could help whom"),
        "pairingsWithoutMeeting": _("Pairings that never met"),
        "quietOrganisations": _("Quiet organisations"),
        "stalledIterations": _("Trials that stand still"),
        "openAsks": _("Open requests for help"),
        "openCommitments": _("Overdue commitments"),
        "danglingPivots": _("Changes of course without a next step"),
        "noFailuresTold": _("No failure recorded"),
        "compareCohorts": _("The cohorts beside each other"),
        "recurringThemes": _("Themes of several cohorts"),
        "learningReach": _("Who took up its learnings"),
        "modesTried": _("Ways of taking part that it tried"),
        "rhythm": _("How often it starts trials"),
    }

"""The types of the figures for evaluators and funders: progress, learning and participation."""

import strawberry

from events.vocabulary.terms import (
    ChangeType,
    Decision,
    Degree,
    Facet,
    FailureType,
    ForWhom,
    Mode,
    ParticipationLevel,
    Result,
)
from service.graphql.insights.json_answers import Counted, CountedApart, plain


@plain
class Funnel:
    """The number of questions, iterations, failures and learnings that reached each stage."""

    questions: int
    reframed: int
    tried: int
    answered: int
    parked: int
    planned: int
    started: int
    concluded: int
    failures: int
    learnings: int
    adopted: int
    publications: int


@plain
class Waits(Counted):
    """The days from one event to another, and how many are still waiting for the second one."""

    quartiles: list[float] | None
    without: int


@plain
class FailFast(Counted):
    """The days from the start of an iteration to a failure."""

    quartiles: list[float] | None


@plain
class FailureConversion(Counted):
    """How many failures led to learnings, and how soon."""

    share: float | None
    median_days: float | None


@plain
class ResultDecisionCount:
    """The number of iterations with a result and a decision."""

    result: Result
    decision: Decision
    count: int


@plain
class ResultsByDecision(Counted):
    """The concluded iterations by result and decision."""

    counts: list[ResultDecisionCount]


@plain
class FailureClassCount:
    """The number of failures with a type, facet and degree."""

    failure_type: FailureType | None
    facet: Facet | None = strawberry.field(
        description="The aspect of the project. Null if not classified."
    )
    degree: Degree
    count: int


@plain
class FailureMix(Counted):
    """The failures by type, facet and degree."""

    counts: list[FailureClassCount]
    intelligent_share: float | None


@plain
class DoubleLoop(Counted):
    """The share of learnings that change the thinking, and of those that were followed by a reframed question."""

    share: float | None
    corroborated_of: int
    corroborated: float | None


@plain
class ThinDecisions(Counted):
    """Decisions to continue that rest on the weakest evidence."""

    share: float | None


@plain
class LevelCount:
    """The count for one level of participation."""

    level: ParticipationLevel
    count: int


@plain
class ModeCount:
    """The count for one mode of participation."""

    mode: Mode | None = strawberry.field(
        description="The mode of participation. Null if not provided."
    )
    count: int


@plain
class Reach(CountedApart):
    """How often people took part."""

    participations: int
    by_level: list[LevelCount]
    by_mode: list[ModeCount]


@plain
class OrganisationSlope:
    """The slope of the level of participation for one organisation."""

    organisation: str
    slope: float


@plain
class ParticipationShift(Counted):
    """How the level of participation changes over time."""

    median_slope: float | None
    first_third: list[LevelCount]
    last_third: list[LevelCount]
    list: list[OrganisationSlope]


@plain
class FramingShift(Counted):
    """How organisations changed the way they regard people."""

    up: int
    same: int
    down: int


@plain
class ChangeTypeCount:
    """The number of outcomes with one type of change."""

    change_type: ChangeType
    count: int


@plain
class Harvest(Counted):
    """The harvested outcomes, and how far others agree with them."""

    substantiated: float | None
    contested: float | None
    unanticipated: float | None
    negative: float | None
    counts: list[ChangeTypeCount]


@plain
class SustainedAfter:
    """How many organisations sustain their work, of those that checked in at one time after the close."""

    months: int
    n: int
    items: list[str]
    share: float | None
    without_checkin: int


@plain
class Sustained:
    """Whether work is sustained, with a row each for 6, 12 and 24 months after the close."""

    list: list[SustainedAfter]


@plain
class Retention:
    """The number of organisations that joined, left and stayed."""

    joined: int
    left: int
    present: int


@plain
class Openness(Counted):
    """How much is public, and how soon it became public."""

    share: float | None
    median_days: float | None


@plain
class DegreeForWhom:
    """The degree of failure or success for one party."""

    for_whom: ForWhom
    degree: Degree


@plain
class Gap:
    """One facet of one iteration that parties judge differently."""

    iteration: str
    facet: Facet
    gap: int
    degrees: list[DegreeForWhom]


@plain
class PerspectiveGap(Counted):
    """How differently parties judge the same facet of an iteration."""

    mean: float | None
    list: list[Gap]


@plain
class ContestedLearning:
    """A learning that other organisations challenge."""

    learning: str
    challenges: int
    adoptions_since: int


@plain
class ContestedLearnings(Counted):
    """Learnings that other organisations challenge."""

    list: list[ContestedLearning]

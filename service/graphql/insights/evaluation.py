"""Figures for evaluators and funders: how far things came, what was learned, who took part."""

from events.terms import (
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
from service.graphql.insights.plain import Counted, CountedApart, plain


@plain
class Funnel:
    """How far questions, iterations, failures and learnings came."""

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
    """Days waited: the lower quartile, the median and the upper quartile; and how many wait still."""

    quartiles: list[float] | None
    without: int


@plain
class FailFast(Counted):
    """Days from the start of an iteration to a failure: the lower quartile, the median and the upper quartile."""

    quartiles: list[float] | None


@plain
class FailureConversion(Counted):
    """How many failures became learnings, and how soon."""

    share: float | None
    median_days: float | None


@plain
class ResultDecisionCount:
    """How many were concluded and decided so."""

    result: Result
    decision: Decision
    count: int


@plain
class ResultsByDecision(Counted):
    """Conclusions by result and decision."""

    counts: list[ResultDecisionCount]


@plain
class FailureClassCount:
    """How many failures are seen so; what is not classified is null."""

    failure_type: FailureType | None
    facet: Facet | None
    degree: Degree
    count: int


@plain
class FailureMix(Counted):
    """Failures by what they are seen as."""

    counts: list[FailureClassCount]
    intelligent_share: float | None


@plain
class DoubleLoop(Counted):
    """How many learnings change the thinking, and how many changed a question."""

    share: float | None
    corroborated_of: int
    corroborated: float | None


@plain
class ThinDecisions(Counted):
    """Decisions to go on upon the weakest evidence."""

    share: float | None


@plain
class LevelCount:
    """How many at a level of participation."""

    level: ParticipationLevel
    count: int


@plain
class ModeCount:
    """How many in a way of taking part; null where none was told."""

    mode: Mode | None
    count: int


@plain
class Reach(CountedApart):
    """How often people took part."""

    participations: int
    by_level: list[LevelCount]
    by_mode: list[ModeCount]


@plain
class OrganisationSlope:
    """One organisation's slope, in levels per month."""

    organisation: str
    slope: float


@plain
class ParticipationShift(Counted):
    """How the level of participation moves, in levels per month."""

    median_slope: float | None
    first_third: list[LevelCount]
    last_third: list[LevelCount]
    list: list[OrganisationSlope]


@plain
class FramingShift(Counted):
    """How organisations' thinking of people moved."""

    up: int
    same: int
    down: int


@plain
class ChangeTypeCount:
    """How many outcomes of a type of change."""

    change_type: ChangeType
    count: int


@plain
class Harvest(Counted):
    """Outcomes, and what others say of them."""

    substantiated: float | None
    contested: float | None
    unanticipated: float | None
    negative: float | None
    counts: list[ChangeTypeCount]


@plain
class SustainedAfter:
    """How many go on, of those that said so."""

    months: int
    n: int
    items: list[str]
    share: float | None
    without_checkin: int


@plain
class Sustained:
    """A row each for 6, 12 and 24 months after the close."""

    list: list[SustainedAfter]


@plain
class Retention:
    """Who joined, who left, who stayed."""

    joined: int
    left: int
    present: int


@plain
class Openness(Counted):
    """How much is public, and how soon."""

    share: float | None
    median_days: float | None


@plain
class DegreeForWhom:
    """How far it failed or succeeded, for whom."""

    for_whom: ForWhom
    degree: Degree


@plain
class Gap:
    """One side of one iteration, seen differently; the gap is 0 to 5."""

    iteration: str
    facet: Facet
    gap: int
    degrees: list[DegreeForWhom]


@plain
class PerspectiveGap(Counted):
    """How differently the same is seen."""

    mean: float | None
    list: list[Gap]


@plain
class ContestedLearning:
    """A learning that others doubt."""

    learning: str
    challenges: int
    adoptions_since: int


@plain
class ContestedLearnings(Counted):
    """Learnings that others doubt."""

    list: list[ContestedLearning]

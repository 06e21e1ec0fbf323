"""Figures for an organisation: what came of the like, how far its learnings went, what it costs."""

from events.terms import Mode
from service.graphql.insights.plain import Counted, plain


@plain
class TriedBefore(Counted):
    """What came of trying the same before; items are the latest five."""

    decided: int
    share: float | None
    low: float | None
    high: float | None


@plain
class LearningReach(Counted):
    """How far an organisation's learnings went."""

    adopters: int
    longest_chain: int


@plain
class UntriedMode:
    """A way not tried, and where to read about it, as `<kind>/<key>`."""

    mode: Mode
    suggestion: str | None


@plain
class ModesTried(Counted):
    """Which ways of taking part were tried."""

    share: float | None
    untried: list[UntriedMode]


@plain
class CurrencyCost:
    """What learning costs in one currency."""

    currency: str
    n: int
    amount: float
    per_learning: float | None
    per_refuted: float | None


@plain
class CostOfLearning(Counted):
    """What learning costs."""

    hours: float | None
    per_learning: float | None
    per_refuted: float | None
    money: list[CurrencyCost]


@plain
class CohortRhythm:
    """Iterations started per month, beside the cohort's lower and upper quartile."""

    cohort: str
    value: float | None
    months: float
    lower: float | None
    upper: float | None


@plain
class Rhythm:
    """How often an organisation starts something, cohort by cohort."""

    list: list[CohortRhythm]


@plain
class SimilarQuestion:
    """A question worded alike; score 1 is the same words."""

    question: str
    score: float


@plain
class SimilarQuestions:
    """Questions worded alike, the best first."""

    list: list[SimilarQuestion]

"""The types of the figures for an organisation: similar trials, the reach of its learnings, and costs."""

from events.vocabulary.terms import Mode
from service.graphql.insights.json_answers import Counted, plain


@plain
class TriedBefore(Counted):
    """The results of similar iterations in the past. `items` lists the latest five."""

    decided: int
    share: float | None
    low: float | None
    high: float | None


@plain
class LearningReach(Counted):
    """How widely an organisation's learnings were adopted."""

    adopters: int
    longest_chain: int


@plain
class UntriedMode:
    """A mode of participation that was not tried, and a suggestion of what to read about it."""

    mode: Mode
    suggestion: str | None


@plain
class ModesTried(Counted):
    """The modes of participation that an organisation has tried, and those it has not."""

    share: float | None
    untried: list[UntriedMode]


@plain
class CurrencyCost:
    """The cost of learning in one currency."""

    currency: str
    n: int
    amount: float
    per_learning: float | None
    per_refuted: float | None


@plain
class CostOfLearning(Counted):
    """The cost of learning, in hours and in money."""

    hours: float | None
    per_learning: float | None
    per_refuted: float | None
    money: list[CurrencyCost]


@plain
class CohortRhythm:
    """The iterations started per month, with the lower and upper quartile of the cohort."""

    cohort: str
    value: float | None
    months: float
    lower: float | None
    upper: float | None


@plain
class Rhythm:
    """How often an organisation starts iterations, for each of its cohorts."""

    list: list[CohortRhythm]


@plain
class SimilarQuestion:
    """A question with similar wording. A score of 1 means the same words."""

    question: str
    score: float


@plain
class SimilarQuestions:
    """Questions with similar wording, the most similar first."""

    list: list[SimilarQuestion]

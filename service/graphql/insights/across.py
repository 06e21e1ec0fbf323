"""The types of the figures across cohorts: comparison, diffusion, recurring themes, families and pathways."""

from datetime import datetime

import strawberry

from events.vocabulary.terms import Result
from service.graphql.insights.json_answers import Counted, CountedApart, plain


@plain
class CohortComparison:
    """The figures of one cohort. Each is defined under its own name."""

    cohort: str
    organisations: int = strawberry.field(
        description="The number of organisations that were ever in it."
    )
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
    time_to_first_iteration: float | None
    learning_velocity: float | None
    fail_fast: float | None
    failure_conversion: float | None
    double_loop: float | None
    corroborated: float | None
    thin_decisions: float | None
    openness: float | None
    substantiated: float | None
    avoidable_repeats: float | None
    intelligent_share: float | None
    median_slope: float | None
    lift: float | None
    participations: int
    retention: float | None
    sustained: float | None


@plain
class CompareCohorts:
    """A comparison of cohorts."""

    list: list[CohortComparison]


@plain
class DiffusionEdge:
    """The number of learnings of one organisation that another adopted."""

    from_: str = strawberry.field(name="from")
    to: str
    count: int


@plain
class Diffusion(CountedApart):
    """The adoptions of learnings between organisations."""

    edges: list[DiffusionEdge]
    across_cohorts: float | None


@plain
class ThemeInCohort:
    """The number of questions, failures and learnings of a cohort that have a theme."""

    cohort: str
    questions: int
    failures: int
    learnings: int


@plain
class RecurringTheme:
    """A theme that recurs, and the latest learning about it."""

    theme: str
    cohorts: list[ThemeInCohort]
    first: datetime
    last: datetime
    learning: str | None = strawberry.field(
        description="The key of the latest learning with this theme. Null if there is none."
    )


@plain
class RecurringThemes:
    """Themes that recur in several cohorts."""

    list: list[RecurringTheme]


@plain
class ResultCount:
    """The number of iterations with a result."""

    result: Result
    count: int


@plain
class QuestionFamily:
    """A question with its wordings, and the questions derived from it."""

    question: str
    framings: list[str]
    counts: list[ResultCount]
    also: list[str]
    children: "list[QuestionFamily]"


@plain
class QuestionFamilies:
    """Questions and the questions derived from them, as trees."""

    trees: list[QuestionFamily]


@plain
class Pathway:
    """A sequence of steps, and the number of chains that have it."""

    sequence: list[str]
    count: int


@plain
class Pathways(Counted):
    """The most frequent sequences of steps in chains of iterations."""

    list: list[Pathway]

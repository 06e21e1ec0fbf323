"""Figures across cohorts: side by side, where learnings travel, what comes back."""

from datetime import datetime

import strawberry

from events.terms import Result
from service.graphql.insights.plain import Counted, CountedApart, plain


@plain
class CohortComparison:
    """A cohort's figures, each as defined under its own name."""

    cohort: str
    organisations: int = strawberry.field(description="How many organisations were ever in it.")
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
    """Cohorts side by side."""

    list: list[CohortComparison]


@plain
class DiffusionEdge:
    """How many learnings went from one organisation to another."""

    from_: str = strawberry.field(name="from")
    to: str
    count: int


@plain
class Diffusion(CountedApart):
    """Where learnings travel."""

    edges: list[DiffusionEdge]
    across_cohorts: float | None


@plain
class ThemeInCohort:
    """How often a theme is that of a question, a failure or a learning of a cohort."""

    cohort: str
    questions: int
    failures: int
    learnings: int


@plain
class RecurringTheme:
    """A theme that comes back, and the latest learning about it."""

    theme: str
    cohorts: list[ThemeInCohort]
    first: datetime
    last: datetime
    learning: str | None


@plain
class RecurringThemes:
    """Themes that come back."""

    list: list[RecurringTheme]


@plain
class ResultCount:
    """How many iterations had a result."""

    result: Result
    count: int


@plain
class QuestionFamily:
    """A question with its wordings, the present one last, and the questions that came of it."""

    question: str
    framings: list[str]
    counts: list[ResultCount]
    also: list[str]
    children: "list[QuestionFamily]"


@plain
class QuestionFamilies:
    """Questions and what came of them, as trees."""

    trees: list[QuestionFamily]


@plain
class Pathway:
    """A sequence of steps, and how many chains went it."""

    sequence: list[str]
    count: int


@plain
class Pathways(Counted):
    """The ways from a first iteration to a last."""

    list: list[Pathway]

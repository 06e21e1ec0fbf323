"""The figures: each a field of `Insights`, computed by the function that defines it (`projections.insights`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import strawberry
from graphql import GraphQLField, GraphQLResolveInfo
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryOptional

from events.log import now_us
from events.moments import moment_of
from events.terms import Mode, ParticipationLevel
from projections.insights.asking import definitions
from projections.insights.ledger import COMPARE
from projections.insights.scope import Scope
from projections.insights.view import View
from projections.insights.viewer import Viewer
from service.graphql.context import Context
from service.graphql.errors import NOT_REACHED, argument_refusal, refusal
from service.graphql.fields.asked import asked
from service.graphql.fields.field import Completing, Misdeclared, argument
from service.graphql.fields.shapes import declared, given, name_of
from service.graphql.insights.across import (
    CompareCohorts,
    Diffusion,
    Pathways,
    QuestionFamilies,
    RecurringThemes,
)
from service.graphql.insights.evaluation import (
    ContestedLearnings,
    DoubleLoop,
    FailFast,
    FailureConversion,
    FailureMix,
    FramingShift,
    Funnel,
    Harvest,
    Openness,
    ParticipationShift,
    PerspectiveGap,
    Reach,
    ResultsByDecision,
    Retention,
    Sustained,
    ThinDecisions,
    Waits,
)
from service.graphql.insights.facilitation import (
    AvoidableRepeats,
    InspirationYield,
    IterationKeys,
    Leavers,
    OpenAsks,
    OrganisationKeys,
    PairingKeys,
    PairingLift,
    PairingSuggestions,
    QuietOrganisations,
    StalledIterations,
)
from service.graphql.insights.organisations import (
    CostOfLearning,
    LearningReach,
    ModesTried,
    Rhythm,
    SimilarQuestions,
    TriedBefore,
)
from service.graphql.slices import COMPUTING, Computing
from service.graphql.values.scalars import Position

Asking = GraphQLResolveInfo[Context]

_TERMS: Final = {"mode": Mode, "level": ParticipationLevel}
_OF_ORGANISATION: Final = argument("organisation", str, "Of this organisation, by its key.")


@given
class InsightsFilter:
    """Filters are joined by and, the values of one by or; an empty list is no filter."""

    cohorts: list[str] | None = strawberry.field(
        description="Keys of cohorts: the thing's own, its iteration's or its question's."
    )
    organisations: list[str] | None = strawberry.field(
        description="Keys of organisations. What belongs to several is in scope with any of them."
    )
    sectors: list[str] | None = strawberry.field(
        description="Sectors of organisations, as they registered."
    )
    themes: list[str] | None = strawberry.field(
        description="Themes of the thing itself; what has none matches none."
    )
    from_: datetime | None = strawberry.field(
        name="from", description="Only things whose one moment is at this time or later."
    )
    to: datetime | None = strawberry.field(
        description="Only things whose one moment is before this time."
    )


async def insights(
    root: Any,
    info: Asking,
    filter: Annotated[
        dict[str, Any] | None,
        strawberry.argument(
            description="What the figures are about; nothing: all that you may see.",
            graphql_type=InsightsFilter | None,
        ),
    ] = None,
    asOf: Annotated[
        Position | None,
        strawberry.argument(
            description="Only what the log held up to this position, which it must have reached. "
            "What you may see is judged as of now."
        ),
    ] = None,
    at: Annotated[
        datetime | None,
        strawberry.argument(
            description="Only what happened up to this moment; durations end here. Now, if it is not given."
        ),
    ] = None,
) -> View:
    """Return what the figures are computed over."""
    ledger = await info.context.insights.caught_up()
    if asOf is not None and asOf > ledger.position:
        raise refusal(
            NOT_REACHED,
            f"asOf: the log is at {ledger.position}, not yet at {asOf}.",
            argument="asOf",
            position=ledger.position,
        )
    at_us = now_us() if at is None else moment_of(at)
    viewer = Viewer.of(info.context.viewer)
    return ledger.view(viewer, _scope(filter or {}), at_us=at_us, as_of=asOf)


def _scope(told: dict[str, Any]) -> Scope:
    lists = ("cohorts", "organisations", "sectors", "themes")
    return Scope(
        **{name: frozenset(told.get(name) or ()) for name in lists},
        from_us=moment_of(told["from"]) if told.get("from") else None,
        to_us=moment_of(told["to"]) if told.get("to") else None,
    )


async def _partial(root: View, info: Asking) -> bool:
    computing: Computing = info.schema.extensions[COMPUTING]
    async with computing.slice(info.context.asker):
        return info.context.insights.ledger.is_partial(root)


def _figure(name: str) -> Any:
    async def resolve(view: View, info: Asking, **arguments: Any) -> Any:
        for term, terms in _TERMS.items():
            told = arguments.get(term)
            if told is not None and told not in list(terms):
                raise argument_refusal("argument.malformed", term, f"one of {', '.join(terms)}")
        given = {key: value for key, value in arguments.items() if value is not None}
        computing: Computing = info.schema.extensions[COMPUTING]
        async with computing.slice(info.context.asker):
            return info.context.insights.ledger.figure(view, name, given)

    return resolve


async def _compared(view: View, info: Asking) -> Any:
    """Compare cohorts; where many rows are to be computed, others get their turn."""
    computing: Computing = info.schema.extensions[COMPUTING]
    rows = []
    left = info.context.insights.ledger.compare(view)
    is_more = True
    while is_more:
        async with computing.slice(info.context.asker):
            is_more = False
            for row in left:
                rows.append(row)
                if computing.is_over:
                    is_more = True
                    break
    return {"list": rows}


class Figure(Completing):
    """A figure: its definition is its description."""

    def __init__(self, arguments: Sequence[StrawberryArgument]) -> None:
        super().__init__()
        self.arguments = list(arguments)

    def complete(self, field: GraphQLField, owner: type) -> None:
        """Let the schema's field compute the figure of its name. Raises Misdeclared."""
        name = name_of(self)
        definition = definitions().get(name)
        if definition is None:
            raise Misdeclared(owner, self.python_name, f"projections.insights has no figure {name}")
        if definition.whole is not isinstance(self.type, StrawberryOptional):
            wrong = "it may be null if the figure is null for a partial view (`whole`), else not"
            raise Misdeclared(owner, self.python_name, wrong)
        field.description = definition.text
        field.resolve = _compared if name == COMPARE else _figure(name)


def figure(*arguments: StrawberryArgument) -> Any:
    """Declare the figure of the attribute's name."""
    return Figure(arguments)


@declared
class Insights:
    """Figures. Each is computed only where it is asked for."""

    partial: bool = asked(
        _partial,
        "Whether anything of the cohorts that you filter by (without such a filter: anything at all) "
        "is hidden from you at the log's end\n"
        "and now. Position, moment and the other filters make no difference. Persons do not count, "
        "nor what was voided.",
    )
    quiet_organisations: QuietOrganisations | None = figure()
    no_failures_told: OrganisationKeys | None = figure()
    dangling_pivots: IterationKeys | None = figure()
    stalled_iterations: StalledIterations | None = figure()
    open_asks: OpenAsks | None = figure()
    pairings_without_meeting: PairingKeys | None = figure()
    inspiration_yield: InspirationYield = figure()
    pairing_lift: PairingLift = figure()
    avoidable_repeats: AvoidableRepeats | None = figure()
    pairing_suggestions: PairingSuggestions = figure()
    leavers: Leavers = figure()
    funnel: Funnel = figure()
    time_to_first_iteration: Waits = figure()
    learning_velocity: Waits = figure()
    fail_fast: FailFast = figure()
    failure_conversion: FailureConversion | None = figure()
    results_by_decision: ResultsByDecision = figure()
    failure_mix: FailureMix = figure()
    double_loop: DoubleLoop = figure()
    thin_decisions: ThinDecisions = figure()
    reach: Reach = figure()
    participation_shift: ParticipationShift = figure()
    framing_shift: FramingShift | None = figure()
    harvest: Harvest = figure()
    sustained: Sustained | None = figure()
    retention: Retention = figure()
    openness: Openness | None = figure()
    perspective_gap: PerspectiveGap = figure()
    contested_learnings: ContestedLearnings | None = figure()
    tried_before: TriedBefore = figure(
        argument(
            "mode", str | None, "A way of taking part, as in events: one of the plan's modes."
        ),
        argument("level", str | None, "A level of participation, as in events: the plan's."),
        argument("themes", list[str] | None, "One of these themes."),
    )
    learning_reach: LearningReach = figure(_OF_ORGANISATION)
    modes_tried: ModesTried = figure(_OF_ORGANISATION)
    cost_of_learning: CostOfLearning | None = figure(
        argument("organisation", str | None, "Only of this organisation.")
    )
    rhythm: Rhythm = figure(_OF_ORGANISATION)
    similar_questions: SimilarQuestions = figure(
        argument("question", str | None, "The key of a question."),
        argument("text", str | None, "Or a wording, where no question is given."),
    )
    compare_cohorts: CompareCohorts = figure()
    diffusion: Diffusion = figure()
    recurring_themes: RecurringThemes = figure()
    question_families: QuestionFamilies = figure()
    pathways: Pathways = figure()

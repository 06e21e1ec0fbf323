"""The type `Insights`, with a field for each figure. `projections.insights` defines and computes the figures."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo, get_named_type
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryOptional

from events.log import now_us
from events.vocabulary.terms import Mode, ParticipationLevel
from events.vocabulary.values.times import moment_of
from projections.insights.answers import definitions
from projections.insights.cache.cache import COMPARE
from projections.insights.figures.definition import Answer
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.scoped import ScopedPerspective
from projections.insights.perspective.viewer import FigureViewer
from service.graphql.arguments import language, span
from service.graphql.context import Context
from service.graphql.errors import NOT_REACHED, refusal
from service.graphql.fetching.loading import Loading
from service.graphql.fetching.rows import one_by_one
from service.graphql.fields.field import Completing, Misdeclared, argument
from service.graphql.fields.resolvers import resolved_by
from service.graphql.fields.shapes import declared, input_type, name_of
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
    Attendance,
    AvoidableRepeats,
    InspirationYield,
    IterationKeys,
    Leavers,
    OpenAsks,
    OpenCommitments,
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
from service.graphql.insights.subjects import with_subjects
from service.graphql.limits.time_slices import COMPUTING, Computing
from service.graphql.values.scalars import Position

T = TypeVar("T")

Asking = GraphQLResolveInfo[Context]

DISTORTED: Final = "Null if a partial view would distort it."
_OF_ORGANISATION: Final = argument("organisation", str, "The key of the organisation.")


@input_type
class InsightsFilter:
    """A filter for figures. Fields are combined with AND, values of a list with OR. An empty list does not filter."""

    cohorts: list[str] | None = strawberry.field(
        description="Keys of cohorts. A thing belongs to its own cohort, "
        "else its iteration's, its question's or its session's."
    )
    organisations: list[str] | None = strawberry.field(
        description="Keys of organisations. A thing that belongs to several is in scope if one of them matches."
    )
    sectors: list[str] | None = strawberry.field(
        description="Sectors of organisations, as registered."
    )
    themes: list[str] | None = strawberry.field(
        description="Themes of the thing itself. A thing without themes matches none."
    )
    from_: datetime | None = strawberry.field(
        name="from", description="Count only things whose defining moment is at this time or later."
    )
    to: datetime | None = strawberry.field(
        description="Count only things whose defining moment is before this time."
    )


async def insights(
    root: Any,
    info: Asking,
    filter: Annotated[
        dict[str, Any] | None,
        strawberry.argument(
            description="What the figures are computed over. Null for everything that you are allowed to see.",
            graphql_type=InsightsFilter | None,
        ),
    ] = None,
    asOf: Annotated[
        Position | None,
        strawberry.argument(
            description="Take into account only events up to this position, which the log must have reached. "
            "What you are allowed to see is judged as of now."
        ),
    ] = None,
    at: Annotated[
        datetime | None,
        strawberry.argument(
            description="Take into account only what happened up to this moment, at which durations end. Null for now."
        ),
    ] = None,
) -> ScopedPerspective:
    """Return what the figures are computed over."""
    ledger = await info.context.insights.caught_up()
    if asOf is not None and asOf > ledger.position:
        raise refusal(
            NOT_REACHED,
            f"The argument `asOf` is invalid: the log is at position {ledger.position}, not yet at {asOf}.",
            argument="asOf",
            position=ledger.position,
        )
    at_us = now_us() if at is None else moment_of(at)
    viewer = FigureViewer.of(info.context.viewer)
    return ledger.view(viewer, _scope(filter or {}), at_us=at_us, as_of=asOf)


def _scope(filter_: dict[str, Any]) -> Scope:
    span(filter_.get("from"), filter_.get("to"), "filter.to")
    lists = ("cohorts", "organisations", "sectors", "themes")
    return Scope(
        **{name: frozenset(filter_.get(name) or ()) for name in lists},
        from_us=moment_of(filter_["from"]) if filter_.get("from") else None,
        to_us=moment_of(filter_["to"]) if filter_.get("to") else None,
    )


async def _partial(root: ScopedPerspective, info: Asking) -> bool:
    computing: Computing = info.schema.extensions[COMPUTING]
    async with computing.slice(info.context.asker):
        return info.context.insights.ledger.is_partial(root)


def _figure(name: str) -> Any:
    async def resolve(view: ScopedPerspective, info: Asking, **arguments: Any) -> Any:
        parameters = {key: value for key, value in arguments.items() if value is not None}
        if "language" in parameters:
            language(parameters["language"])
        ledger = info.context.insights.ledger
        await _by_turns(info, ledger.gather(view, name))
        computing: Computing = info.schema.extensions[COMPUTING]
        async with computing.slice(info.context.asker):
            answer = ledger.figure(view, name, parameters)
        return answer and await _with_subjects(info, answer)

    return resolve


async def _compared(view: ScopedPerspective, info: Asking) -> Any:
    rows = await _by_turns(info, info.context.insights.ledger.compare(view))
    return await _with_subjects(info, {"list": rows})


async def _by_turns(info: Asking, left: Iterator[T]) -> list[T]:
    """Return the values of an iterator, computed in slices so that other requests get their turn."""
    computing: Computing = info.schema.extensions[COMPUTING]
    found = []
    is_more = True
    while is_more:
        async with computing.slice(info.context.asker):
            is_more = False
            for one in left:
                found.append(one)
                if computing.is_over:
                    is_more = True
                    break
    return found


async def _with_subjects(info: Asking, answer: Answer) -> Any:
    type_ = get_named_type(info.return_type)
    assert isinstance(type_, GraphQLObjectType)
    # Figures may be later than the moment at which the answer reads, so their subjects are read in the current state.
    loading = Loading(info, one_by_one(info))
    [found] = await with_subjects(loading, type_, [answer], info.field_nodes)
    return found


class Figure(Completing):
    """A field with a figure. Its description is the definition of the figure."""

    def __init__(self, arguments: Sequence[StrawberryArgument]) -> None:
        super().__init__()
        self.arguments = list(arguments)

    def complete(self, field: GraphQLField, owner: type) -> None:
        """Let the schema's field compute the figure with its name. Raises Misdeclared."""
        name = name_of(self)
        definition = definitions().get(name)
        if definition is None:
            raise Misdeclared(owner, self.python_name, f"projections.insights has no figure {name}")
        if not isinstance(self.type, StrawberryOptional):
            wrong = "its annotation must end in `| None`, so that a figure that fails does not affect the others"
            raise Misdeclared(owner, self.python_name, wrong)
        field.description = (
            f"{definition.text} {DISTORTED}" if definition.whole else definition.text
        )
        field.resolve = _compared if name == COMPARE else _figure(name)


def figure(*arguments: StrawberryArgument) -> Any:
    """Declare a field with the figure that has the attribute's name."""
    return Figure(arguments)


@declared
class Insights:
    """The figures. Each is computed only if it is selected."""

    partial: bool = resolved_by(
        _partial,
        "Whether anything in the cohorts of your filter is hidden from you now, at the end of the log. Without a\n"
        "filter by cohort: whether anything at all is hidden. `asOf`, `at` and the other filters make no difference.\n"
        "Persons and voided events are not considered.",
    )
    quiet_organisations: QuietOrganisations | None = figure()
    no_failures_told: OrganisationKeys | None = figure()
    dangling_pivots: IterationKeys | None = figure()
    stalled_iterations: StalledIterations | None = figure()
    open_asks: OpenAsks | None = figure()
    open_commitments: OpenCommitments | None = figure()
    attendance: Attendance | None = figure()
    pairings_without_meeting: PairingKeys | None = figure()
    inspiration_yield: InspirationYield | None = figure()
    pairing_lift: PairingLift | None = figure()
    avoidable_repeats: AvoidableRepeats | None = figure()
    pairing_suggestions: PairingSuggestions | None = figure()
    leavers: Leavers | None = figure()
    funnel: Funnel | None = figure()
    time_to_first_iteration: Waits | None = figure()
    learning_velocity: Waits | None = figure()
    fail_fast: FailFast | None = figure()
    failure_conversion: FailureConversion | None = figure()
    results_by_decision: ResultsByDecision | None = figure()
    failure_mix: FailureMix | None = figure()
    double_loop: DoubleLoop | None = figure()
    thin_decisions: ThinDecisions | None = figure()
    reach: Reach | None = figure()
    participation_shift: ParticipationShift | None = figure()
    framing_shift: FramingShift | None = figure()
    harvest: Harvest | None = figure()
    sustained: Sustained | None = figure()
    retention: Retention | None = figure()
    openness: Openness | None = figure()
    perspective_gap: PerspectiveGap | None = figure()
    contested_learnings: ContestedLearnings | None = figure()
    tried_before: TriedBefore | None = figure(
        argument("mode", Mode | None, "A mode of participation that the plan must have."),
        argument(
            "level",
            ParticipationLevel | None,
            "The level of participation that the plan must have.",
        ),
        argument("themes", list[str] | None, "Themes, of which at least one must match."),
    )
    learning_reach: LearningReach | None = figure(_OF_ORGANISATION)
    modes_tried: ModesTried | None = figure(_OF_ORGANISATION)
    cost_of_learning: CostOfLearning | None = figure(
        argument(
            "organisation",
            str | None,
            "The key of an organisation. Null for all organisations in scope.",
        )
    )
    rhythm: Rhythm | None = figure(_OF_ORGANISATION)
    similar_questions: SimilarQuestions | None = figure(
        argument(
            "question", str | None, "The key of a question. Give either `question` or `text`."
        ),
        argument("text", str | None, "A wording to compare with, if no question is given."),
        argument(
            "language", str | None, "The language of `text`, as a BCP 47 tag. Null for English."
        ),
    )
    compare_cohorts: CompareCohorts | None = figure()
    diffusion: Diffusion | None = figure()
    recurring_themes: RecurringThemes | None = figure()
    question_families: QuestionFamilies | None = figure()
    pathways: Pathways | None = figure()

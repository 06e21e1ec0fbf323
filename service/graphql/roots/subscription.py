"""The root type `Subscription`: timelines and figures, sent as they change."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import strawberry
from graphql import GraphQLResolveInfo

from service.graphql import arguments
from service.graphql.context import Context
from service.graphql.errors import NOT_REACHED, argument_refusal, refusal
from service.graphql.fetching.loading import Loading
from service.graphql.fields.resolvers import arguments_of, streamed_by
from service.graphql.fields.shapes import declared
from service.graphql.filters.comparisons import VALUES_MAX
from service.graphql.insights.figures import Insights, insights
from service.graphql.journeys.timelines import KINDS, types_of
from service.graphql.live.feeds import AFTER, EntryFeed, FigureFeed
from service.graphql.live.frames import Frame
from service.graphql.types.entries.entry import TimelineEntry
from service.graphql.values.scalars import Position
from service.graphql.values.terms import EntryType

ONE: Final = (
    "Give at most one of `organisation`, `cohort` and `cohorts`; "
    "without one, you get everything that you are allowed to see."
)


async def _follow(
    root: Any,
    info: GraphQLResolveInfo[Any],
    organisation: Annotated[
        str | None,
        strawberry.argument(
            description=f"Send only the timeline of the organisation with this key. {ONE}"
        ),
    ] = None,
    cohort: Annotated[
        str | None,
        strawberry.argument(description="Send only the timeline of the cohort with this key."),
    ] = None,
    cohorts: Annotated[
        list[str] | None,
        strawberry.argument(
            description="Send only entries in the timelines of the cohorts with these keys. "
            "Null or an empty list does not filter."
        ),
    ] = None,
    after: Annotated[
        Position | None,
        strawberry.argument(
            description="Send every entry after this position, then each new one. Null sends only new entries. "
            "Pass a `liveCursor`, or the position of the last entry that you received."
        ),
    ] = None,
    kinds: Annotated[list[EntryType] | None, strawberry.argument(description=KINDS)] = None,
) -> AsyncIterator[Frame]:
    scopes = {"organisation": organisation, "cohort": cohort, "cohorts": cohorts or None}
    named = [name for name, value in scopes.items() if value is not None]
    if len(named) > 1:
        expected = f"null beside `{named[0]}`"
        raise argument_refusal("argument.contradicts", named[1], expected, scopes[named[1]])
    types = types_of(kinds)
    context: Context = info.context
    position = context.served.position if after is None else after
    if not await context.served.wait_for(position, context.limits.min_position_seconds):
        raise refusal(
            NOT_REACHED,
            f"The read models are at position {context.served.position}, not yet at {position}.",
            argument=AFTER,
            position=context.served.position,
            lag=position - context.served.position,
        )
    streams = await _streams(info, named[0], scopes[named[0]]) if named else ()
    return EntryFeed(info, streams, types).behind(position)


async def _streams(
    info: GraphQLResolveInfo[Any], argument: str, value: str | list[str] | None
) -> tuple[str, ...]:
    """Return the streams of the subjects that an argument names.

    Raises a GraphQL error if the viewer may not see one of them.
    """
    kind = argument.removesuffix("s")
    several = arguments.some(value if isinstance(value, list) else [value], argument, VALUES_MAX)
    keys = sorted({arguments.key(key, argument) for key in several})
    loading = Loading(info)
    if len(await loading.subjects(loading.shapes[kind], keys, [])) < len(keys):
        raise argument_refusal(
            "argument.unknown", argument, f"the key of a {kind} that you are allowed to see", value
        )
    return tuple(f"{kind}/{key}" for key in keys)


async def _recompute(
    root: Any, info: GraphQLResolveInfo[Any], **arguments: Any
) -> AsyncIterator[Frame]:
    return FigureFeed(info).values(arguments)


@declared
class Subscription:
    """The live updates. Items that you are not allowed to see are left out, even if your access changes meanwhile."""

    timeline: TimelineEntry = streamed_by(
        _follow,
        "Entries in the order of their positions, each once. The subscription does not end by itself.",
    )
    insights: Insights = streamed_by(
        _recompute,
        "The current figures, sent again whenever new events change your answer.\n"
        "The passing of time alone sends nothing.",
        [one for one in arguments_of(insights) if one.python_name != "asOf"],
    )

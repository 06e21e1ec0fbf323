"""Feeds of timeline entries and of figures. Each subscription has its own feed (`roots.subscription`)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import orjson
import structlog
from graphql import (
    SKIP,
    ArgumentNode,
    GraphQLError,
    GraphQLResolveInfo,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

from events.store.connections import Unavailable
from projections.insights.perspective.viewer import FigureViewer
from projections.queries import timelines
from projections.store.progress import Phase
from service.graphql.context import Context
from service.graphql.errors import NOT_REACHED
from service.graphql.fetching.entries import entry_row
from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import Row
from service.graphql.insights.figures import insights
from service.graphql.live.frames import Frame
from service.single_flight import SingleFlight

PAGE_ENTRIES: Final = 100
SCAN_POSITIONS: Final = 5_000
"""The number of positions that one statement covers in a feed of all streams: a viewer may see few of many entries."""

AFTER: Final = "after"

_log = structlog.get_logger(__name__)


class Feed:
    """The values of one subscription for its viewer. It ends when the viewer's key does.

    Subscriptions that need the same data at the same time share what is read if their viewers have the same rights:
    the same role, organisation, cohorts and further permissions.

    A feed does not end when the service stops. Instead the transport closes the connection, so that clients reconnect.
    """

    def __init__(self, info: GraphQLResolveInfo[Any]) -> None:
        self.info = info
        self.context: Context = info.context
        self._variables = _variables(info)

    @property
    def rights(self) -> FigureViewer:
        """The rights of the viewer."""
        return FigureViewer.of(self.context.viewer)

    async def shared(self, what: Hashable, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return the result of `ask`, which only the first of those that share it calls."""
        sharing: SingleFlight = self.info.schema.extensions["sharing"]
        # `info` keeps the operation alive, so no other operation can have its id meanwhile.
        key = (self.rights, id(self.info.operation), self._variables, what)
        return await sharing.get(key, ask)


class FeedPage(NamedTuple):
    """The next entries with their positions, complete up to `through`; `head` is the head of the log before reading."""

    frames: Sequence[tuple[int, Frame]]
    through: int
    head: int


class EntryFeed(Feed):
    """The entries of some streams, or of all streams, in order of position, each once."""

    def __init__(
        self, info: GraphQLResolveInfo[Any], streams: Sequence[str], types: Sequence[str]
    ) -> None:
        super().__init__(info)
        self.streams = streams
        self.types = types

    async def behind(self, position: int) -> AsyncGenerator[Frame, None]:
        """Yield the entries after the position, then each new one."""
        announcer = self.context.log.announcer
        while True:
            rights = self.rights
            page: FeedPage | None = await self.shared(position, partial(self._page, position))
            head = announcer.head
            await self.context.check()
            if page is None or self.rights != rights or announcer.head > head:
                # Events recorded during the check of the key may hide entries of the page.
                continue
            for place, frame in page.frames:
                yield frame
                position = place
                if announcer.head > page.head:
                    # Events recorded since may hide some of the other entries, so these are read again.
                    break
            else:
                position = page.through

    async def _page(self, after: int) -> FeedPage | None:
        """Wait for the next entries and return them; None when it is time to check the key again.

        There are none while the database is unavailable, and while the read models have not yet taken in an event that
        hides something.
        """
        served = self.context.served
        if after >= served.position and not await self._moved(after):
            return None
        through = served.position
        if not self.streams:
            through = min(through, after + SCAN_POSITIONS)
        head = self.context.log.announcer.head
        loading = Loading(self.info)
        try:
            found = await loading.rows(
                lambda: timelines.following(
                    self.streams, self.types, after=after, through=through, limit=PAGE_ENTRIES
                )
            )
            rows: list[Row] = [entry_row(row, self.context.log.catalogue) for row in found]
            await loading.fill_each(rows, self.info.field_nodes)
        except Unavailable as away:
            _log.info("subscription waits", trouble=str(away))
            await self._moved(through)
            return None
        except GraphQLError as error:
            will_be = self.context.served.state.phase is not Phase.STOPPED
            if will_be and (error.extensions or {}).get("code") == NOT_REACHED:
                await self._moved(through)
                return None
            raise
        if len(rows) == PAGE_ENTRIES:
            through = rows[-1]["position"]
        return FeedPage([(row["position"], Frame(row)) for row in rows], through, head)

    async def _moved(self, position: int) -> bool:
        """Return whether the read models passed the position; False when it is time to check the key again."""
        seconds = self.context.limits.look_seconds
        if self.context.served.state.phase is Phase.STOPPED:
            # Waiting for read models that have stopped returns at once, so this loop would not pause.
            await asyncio.sleep(seconds)
        return await self.context.served.wait_for(position + 1, seconds)


class FigureFeed(Feed):
    """The current figures, sent again each time that new events change them.

    They are computed at most once per `insights_seconds`, at times that are the same for all feeds.
    """

    async def values(self, arguments: dict[str, Any]) -> AsyncGenerator[Frame, None]:
        """Yield the figures; `arguments` are those of the field `insights`."""
        clock = asyncio.get_running_loop().time
        seconds = self.context.limits.insights_seconds
        position, due = -1, 0.0
        while True:
            await self.context.check()
            if not await self._moved(position, due - clock()):
                continue
            try:
                frame, position = await self.shared("insights", lambda: self._computed(arguments))
            except Unavailable as away:
                _log.info("subscription waits", trouble=str(away))
                due = clock() + self.context.limits.look_seconds
                continue
            yield frame
            due = (clock() // seconds + 1) * seconds

    async def _computed(self, arguments: dict[str, Any]) -> tuple[Frame, int]:
        view = await insights(None, self.info, **arguments)
        return Frame(view, repeats=False), view.perspective.as_of

    async def _moved(self, position: int, wait_seconds: float) -> bool:
        """Return whether it is time to compute the figures; False when it is time to check the key again."""
        look_seconds = self.context.limits.look_seconds
        try:
            async with asyncio.timeout(look_seconds):
                await asyncio.sleep(wait_seconds)
                await self.context.log.announcer.wait_beyond(position)
        except TimeoutError:
            return False
        return True


class _UsedVariables(Visitor):
    """Collects the variables that a document uses, except in the argument `after`."""

    def __init__(self, info: GraphQLResolveInfo[Any]) -> None:
        super().__init__()
        arguments = [one for node in info.field_nodes for one in node.arguments or ()]
        self._positions = {id(one) for one in arguments if one.name.value == AFTER}
        self.names: set[str] = set()

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
        return SKIP

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        return SKIP if id(node) in self._positions else None

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)


def _variables(info: GraphQLResolveInfo[Any]) -> bytes:
    """Return the variables on which the answers of an operation depend, whichever position it starts after."""
    used = _UsedVariables(info)
    for part in (info.operation, *info.fragments.values()):
        visit(part, used)
    values = info.variable_values.coerced
    found = {name: values[name] for name in used.names if name in values}
    return orjson.dumps(found, default=repr, option=orjson.OPT_SORT_KEYS)

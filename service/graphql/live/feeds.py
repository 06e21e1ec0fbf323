"""What subscriptions follow: the entries of timelines, and the figures. Each feed is of one subscription."""

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
from projections.queries import timelines as entries
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
"""Over how many positions of the whole log entries are looked for at once: a viewer may see few of many."""

AFTER: Final = "after"

_log = structlog.get_logger(__name__)


class Feed:
    """What one subscription follows, for its viewer, until the viewer's key ends.

    Subscriptions that ask the same at the same moment share what is read, if the same is shown to their viewers: they
    stand for the same role, organisation and cohorts, from which the tokens follow, and what they may be given besides.

    When the service stops, a feed does not end: the door ends the connection, and clients come again.
    """

    def __init__(self, info: GraphQLResolveInfo[Any]) -> None:
        self.info = info
        self.context: Context = info.context
        self._question = _question(info)

    @property
    def standing(self) -> FigureViewer:
        """What the viewer stands for."""
        return FigureViewer.of(self.context.viewer)

    async def shared(self, what: Hashable, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return the answer, asked by whoever of those who share it comes first."""
        sharing: SingleFlight = self.info.schema.extensions["sharing"]
        # The operation is held by whoever asks, so that its id is nobody else's meanwhile.
        key = (self.standing, id(self.info.operation), self._question, what)
        return await sharing.get(key, ask)


class FeedPage(NamedTuple):
    """The next entries with their positions, complete up to `through`; the log's head was at `head` before."""

    frames: Sequence[tuple[int, Frame]]
    through: int
    head: int


class EntryFeed(Feed):
    """The entries of some streams, or of the whole log, in order of position, each once."""

    def __init__(
        self, info: GraphQLResolveInfo[Any], streams: Sequence[str], types: Sequence[str]
    ) -> None:
        super().__init__(info)
        self.streams = streams
        self.types = types

    async def behind(self, position: int) -> AsyncGenerator[Frame, None]:
        """Yield what stands behind the position, then what comes."""
        announcer = self.context.log.announcer
        while True:
            standing = self.standing
            page: FeedPage | None = await self.shared(position, partial(self._page, position))
            head = announcer.head
            await self.context.check()
            if page is None or self.standing != standing or announcer.head > head:
                # Meanwhile something may have been hidden, if looking at the key took a while.
                continue
            for place, frame in page.frames:
                yield frame
                position = place
                if announcer.head > page.head:
                    # What was recorded since may hide some of the rest, which is asked for anew.
                    break
            else:
                position = page.through

    async def _page(self, after: int) -> FeedPage | None:
        """Wait for the next entries and return them; None when it is time to look at the key again.

        They cannot be had while the database is away, and while the read models are on their way to what hides
        something.
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
                lambda: entries.following(
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
        """Return whether the read models went beyond the position; False when it is time to look at the key again."""
        seconds = self.context.limits.look_seconds
        if self.context.served.state.phase is Phase.STOPPED:
            # Read models that have stopped go nowhere: waiting for them would end at once, again and again.
            await asyncio.sleep(seconds)
        return await self.context.served.wait_for(position + 1, seconds)


class FigureFeed(Feed):
    """The figures at present, then each time that something was recorded and they come out differently.

    They are computed once in `insights_seconds` at most, at moments that all feeds have in common.
    """

    async def values(self, arguments: dict[str, Any]) -> AsyncGenerator[Frame, None]:
        """Yield them; `arguments` are those of the insights."""
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
        """Return whether it is time to compute; False when it is time to look at the key again."""
        look_seconds = self.context.limits.look_seconds
        try:
            async with asyncio.timeout(look_seconds):
                await asyncio.sleep(wait_seconds)
                await self.context.log.announcer.wait_beyond(position)
        except TimeoutError:
            return False
        return True


class _Named(Visitor):
    """Notes the variables that a document names, but for where they say the position to go on after."""

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


def _question(info: GraphQLResolveInfo[Any]) -> bytes:
    """Return the variables on which the answers of an operation depend, whatever position it goes on after."""
    named = _Named(info)
    for part in (info.operation, *info.fragments.values()):
        visit(part, named)
    values = info.variable_values.coerced
    asked = {name: values[name] for name in named.names if name in values}
    return orjson.dumps(asked, default=repr, option=orjson.OPT_SORT_KEYS)

"""The new entries of a cohort or an organisation, as server-sent events for one open page."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from importlib.resources import files
from typing import Final

import orjson
from starlette.requests import Request

from events.access.any_member import any_member
from events.access.audience import member
from events.access.principal import Principal
from service.access.caller import Caller
from service.access.revocation import until
from service.errors import KeyRefused
from service.graphql.context import Context
from service.http.event_stream import written
from service.pages.frame import addresses
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.page import Answer, Query, Visit
from service.problems import problem
from service.services import service_of

_FILES: Final = files("service.pages.live")
_SUBSCRIPTION: Final = (_FILES / "subscription.graphql").read_text(encoding="utf-8")
_SCOPE: Final = Query("live.graphql", (_FILES / "scope.graphql").read_text(encoding="utf-8"))
_COOKIE: Final = "a session's cookie"

ENDED: Final = written(b"{}", name="ended")
"""The last event of a stream whose session or key has ended, so that the page does not come back."""


async def ended() -> AsyncIterator[bytes]:
    """Yield the event that says that the session has ended."""
    yield ENDED


class Stream:
    """The entries that a caller may see, also if that changes while the stream is open.

    With `as_member_of`, they are those that every member of this cohort may see.
    """

    def __init__(
        self,
        pages: Pages,
        request: Request,
        caller: Caller,
        scope: Mapping[str, str],
        *,
        as_member_of: str | None,
    ) -> None:
        self._pages = pages
        self._request = request
        self._service = service_of(request)
        self._caller = caller
        self._scope = scope
        self._cohort = as_member_of
        self._is_refused = False

    async def begin(self) -> None:
        """Find out who asks. Raises Problem: 404 if there is no such cohort or organisation for the viewer."""
        self._visit = await self._pages.visit(self._request)
        self._context = await self._context_of(self._request)
        given = {"cohort": "", "organisation": "", "ofCohort": "cohort" in self._scope}
        try:
            found = await self._pages.execute(_SCOPE, {**given, **self._scope}, self._context)
        except NoAnswer as error:
            raise problem(error.status, "scope", "The entries cannot be read") from None
        if not any(found.values()):
            raise problem(404, "scope", "There is no such cohort or organisation")

    async def events(self, after: int | None) -> AsyncGenerator[bytes, None]:
        """Yield the entries after a position, else those that are new from now on, and what ends them."""
        with self._service.revocations.monitored(self._caller) as has_ended:
            variables = {**self._scope, "after": after}
            answers = self._pages.follow(_SUBSCRIPTION, variables, self._context)
            entries = until(self._service.stopping, until(has_ended, answers))
            async with aclosing(entries):
                async for answer in entries:
                    yield _event(answer, self._visit)
            if has_ended.is_set() or self._is_refused:
                yield ENDED

    async def _context_of(self, request: Request) -> Context:
        context = await self._pages.context(request)
        context.viewer = await self._seen_as(context.viewer)
        if self._caller.session is not None or context.authorization is not None:
            # Feeds check the rights of their viewer again and again, by this.
            context.authorization = context.authorization or _COOKIE
            context.authenticate = self._again
        return context

    async def _again(self, authorization: str) -> Principal:
        """Return the principal that reads now. It does not count as a use of the session. Raises KeyRefused."""
        if self._caller.session is None:
            return await self._seen_as(await self._service.authenticated(authorization))
        now = await self._service.sessions.present(self._caller.session)
        if now is None:
            self._is_refused = True
            raise KeyRefused
        return await self._seen_as(now.viewer)

    async def _seen_as(self, viewer: Principal) -> Principal:
        if self._cohort is None:
            return viewer
        held = await self._service.served.read_models.viewer(viewer)
        return any_member(
            viewer, self._cohort, [self._cohort] if held.holds(member(self._cohort)) else []
        )


def _event(answer: Answer, visit: Visit) -> bytes:
    entry = answer["timeline"]
    subject = entry["subject"]
    shown = {
        "position": entry["position"],
        "day": visit.language.day(entry["time"]),
        "summary": entry["summary"],
        "address": None if subject is None else addresses.of_subject(subject),
    }
    return written(orjson.dumps(shown), id=entry["position"])

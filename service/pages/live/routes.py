"""The route `/live`: the new entries that a visitor may see, for a page that is open."""

from contextlib import nullcontext
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from events.access.principal import Role
from service.access.open_connections import counted
from service.http.event_stream import event_stream
from service.pages.frame.answers import Pages
from service.pages.live.stream import Stream, ended
from service.problems import malformed
from service.services import service_of

LIVE: Final = "/live"
MEMBER: Final = "member"

_SCOPES: Final = ("cohort", "organisation")
_DIGITS_MAX: Final = 15

router = APIRouter(include_in_schema=False)


@router.get(LIVE)
async def live(request: Request) -> Response:
    """Stream the entries of a cohort or an organisation, each once, from the position after the given one.

    With `as=member`, they are those that every member of the cohort may see. With `signed-in`, the stream ends at once
    for a browser that is signed out.
    """
    service = service_of(request)
    caller = await service.access(request)
    given = request.query_params
    scope = {name: given[name] for name in _SCOPES if given.get(name)}
    if len(scope) != 1:
        raise malformed("The address has no scope", expected="either `cohort` or `organisation`")
    after = _position(request.headers.get("last-event-id") or given.get("after"))
    heartbeat_seconds = service.settings.heartbeat_seconds
    if given.get("signed-in") and caller.viewer.role is Role.PUBLIC:
        return event_stream(ended(), place=nullcontext(), heartbeat_seconds=heartbeat_seconds)
    pages: Pages = request.app.state.pages
    stream = Stream(
        pages,
        request,
        caller,
        scope,
        as_member_of=scope.get("cohort") if given.get("as") == MEMBER else None,
    )
    await stream.begin()
    owner = (
        counted(caller.viewer, request)
        if caller.session is None
        else f"session {caller.session.hex()}"
    )
    return event_stream(
        stream.events(after),
        place=service.live_streams.enter(owner),
        heartbeat_seconds=heartbeat_seconds,
    )


def _position(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise malformed("The address has no valid position", expected="a position: 0, 1, 2, …")
    return int(text)

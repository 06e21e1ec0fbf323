"""The routes of `/record/done/{position}`: what was just recorded, and the button that undoes it."""

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from events.access.policy import Role
from events.store.connections import OutcomeUnknown, Unavailable
from events.vocabulary.event import Event
from events.vocabulary.faults import Refused
from service.pages.frame import addresses
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.forms import FORM_BYTES_MAX, sent_fields, token_of
from service.pages.frame.page import Visit
from service.pages.record.done.view import (
    QUERY,
    done,
    may_undo,
    recorded_here,
    refusal_of,
    streams_of,
    undoing,
)
from service.pages.record.reading import OPENED, one
from service.pages.record.session import not_of_the_session
from service.services import service_of

_SEE_OTHER: Final = 303
_FIELDS_MAX: Final = 10
_POSITION_DIGITS_MAX: Final = 15

router = APIRouter(include_in_schema=False)


@router.get("/record/done/{position}")
async def show(request: Request, position: str) -> Response:
    """Show what the visitor recorded at a position: 404 for what others did, or on another way."""
    visit = await _pages(request).visit(request)
    if visit.viewer.role is Role.PUBLIC:
        return RedirectResponse(addresses.sign_in(visit), _SEE_OTHER)
    return await _drawn(request, visit, await _event(request, visit, position))


@router.post("/record/done/{position}")
async def undo(request: Request, position: str) -> Response:
    """Void what the visitor recorded in the last ten minutes, as the principal of the session."""
    visit = await _pages(request).visit(request)
    given = await sent_fields(request, FORM_BYTES_MAX, _FIELDS_MAX)
    if (refused := await not_of_the_session(request, given)) is not None:
        raise HTTPException(refused.status)
    event = await _event(request, visit, position)
    if not may_undo(event, datetime.now(UTC)):
        return await _drawn(request, visit, event, _TOO_LATE, status=409)
    reason = visit.language.gettext("Undone right after it was recorded.")
    void = undoing(event, reason, one(given, OPENED))
    try:
        [receipt] = await service_of(request).log.append([void], sender=visit.viewer)
    except Refused as refusal:
        fault = refusal.faults[0]
        return await _drawn(request, visit, event, refusal_of(fault.rule, fault.detail), status=422)
    except (OutcomeUnknown, Unavailable):
        return _pages(request).problem(visit, 503, service_of(request))
    query = {"after": str(receipt.position), "language": visit.query.get("language")}
    return RedirectResponse(addresses.with_query(visit.path, query), _SEE_OTHER)


_TOO_LATE: Final = ("The ten minutes are over. It can still be corrected.", "")


def messages() -> tuple[str, ...]:
    """Return the words of this module, for the catalogues."""
    return (_TOO_LATE[0],)


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


async def _event(request: Request, visit: Visit, position: str) -> Event:
    """Return the event at a position if the visitor recorded it on a page. Raises HTTPException (404)."""
    is_position = position.isascii() and position.isdigit()
    if not is_position or len(position) > _POSITION_DIGITS_MAX:
        raise HTTPException(404)
    log = service_of(request).log
    event = recorded_here(await log.visible_event(int(position), visit.viewer), visit.viewer)
    if event is None:
        raise HTTPException(404)
    return event


async def _drawn(
    request: Request,
    visit: Visit,
    event: Event,
    refusal: tuple[str, str] | None = None,
    *,
    status: int = 200,
) -> Response:
    pages = _pages(request)
    context = await pages.context(request)
    # What an address names may be later than all that there is.
    head = await service_of(request).log.head()
    context.min_position = str(min(head, _position(visit.query.get("after"), event.position)))
    asked = {"signedIn": True, "streams": streams_of(event), "position": event.position}
    try:
        answer = await pages.execute(QUERY, asked, context)
    except NoAnswer as error:
        return pages.problem(visit, error.status, service_of(request))
    advice = visit.query.get("advice", "").split(",")
    view = done(event, answer, visit.viewer, advice, visit.now, token_of(request), refusal)
    return pages.drawn("record/done/template.html", visit, {"view": view}, answer, status)


def _position(after: str | None, at_least: int) -> int:
    """Return the position that the page waits for: that of a void, if the address names one."""
    is_position = after is not None and after.isascii() and after.isdigit() and len(after) <= 15
    return max(at_least, int(after)) if is_position and after else at_least

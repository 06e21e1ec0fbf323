"""The routes of `/record/done/{position}`: what was just recorded, and the button that undoes it."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from events.access.policy import Role
from events.lines.recorded import Receipt
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
from service.pages.record.reading import OPENED, Given, one
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
    return await _drawn(request, visit, await own_event(request, visit, position))


@router.post("/record/done/{position}")
async def undo(request: Request, position: str) -> Response:
    """Void what the visitor recorded in the last ten minutes, as the principal of the session."""
    visit = await _pages(request).visit(request)
    given = await sent_fields(request, FORM_BYTES_MAX, _FIELDS_MAX)
    if (refused := await not_of_the_session(request, given)) is not None:
        raise HTTPException(refused.status)
    event = await own_event(request, visit, position)
    try:
        outcome = await taken_back(request, visit, event, given)
    except (OutcomeUnknown, Unavailable):
        return _pages(request).problem(visit, 503, service_of(request))
    if isinstance(outcome, NotUndone):
        return await _drawn(request, visit, event, outcome.why, status=outcome.status)
    query = {"after": str(outcome.position), "language": visit.query.get("language")}
    return RedirectResponse(addresses.with_query(visit.path, query), _SEE_OTHER)


class NotUndone(NamedTuple):
    """Why something was not undone: an English message and the words of the rule, and the status of the answer."""

    why: tuple[str, str]
    status: int


async def taken_back(
    request: Request, visit: Visit, event: Event, given: Given
) -> Receipt | NotUndone:
    """Void an event of the visitor's, as a form asks; return the receipt, or why that cannot be.

    Raises OutcomeUnknown and Unavailable.
    """
    if not may_undo(event, datetime.now(UTC)):
        return NotUndone(_TOO_LATE, 409)
    reason = visit.language.gettext("Undone right after it was recorded.")
    void = undoing(event, reason, one(given, OPENED))
    try:
        [receipt] = await service_of(request).log.append([void], sender=visit.viewer)
    except Refused as refusal:
        fault = refusal.faults[0]
        return NotUndone(refusal_of(fault.rule, fault.detail), 422)
    return receipt


_TOO_LATE: Final = ("The ten minutes are over. It can still be corrected.", "")


def messages() -> tuple[str, ...]:
    """Return the words of this module, for the catalogues."""
    return (_TOO_LATE[0],)


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


async def own_event(request: Request, visit: Visit, position: str) -> Event:
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
    context.min_position = await awaited(request, visit, event.position)
    asked = {"signedIn": True, "streams": streams_of(event), "position": event.position}
    try:
        answer = await pages.execute(QUERY, asked, context)
    except NoAnswer as error:
        return pages.problem(visit, error.status, service_of(request))
    advice = visit.query.get("advice", "").split(",")
    view = done(event, answer, visit.viewer, advice, visit.now, token_of(request), refusal)
    return pages.drawn("record/done/template.html", visit, {"view": view}, answer, status)


async def awaited(request: Request, visit: Visit, at_least: int = 0) -> str:
    """Return the position that a page waits for: that of what was just recorded, if the address names one."""
    after = visit.query.get("after", "")
    is_position = after.isascii() and after.isdigit() and len(after) <= _POSITION_DIGITS_MAX
    # What an address names may be later than all that there is.
    head = await service_of(request).log.head()
    return str(min(head, max(at_least, int(after) if is_position else 0)))

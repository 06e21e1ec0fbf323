"""The routes of `/cohorts/{key}/sessions/{session}/notes`. A line is recorded through the form of its type."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from events.access.policy import Role
from events.lines.recorded import Receipt
from events.store.connections import OutcomeUnknown, Unavailable
from service.graphql.context import Context
from service.pages.frame import addresses
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.forms import sent_fields, token_of
from service.pages.frame.page import Answer, Query, Visit, read_query
from service.pages.live.wall import view as wall
from service.pages.parts.readership import asks_as
from service.pages.record.done.routes import NotUndone, awaited, own_event, taken_back
from service.pages.record.faults import messages_for
from service.pages.record.reading import ACTION, FIELDS_MAX, FORM_BYTES_MAX, ID, OPENED, Given, one
from service.pages.record.routes import (
    Sent,
    advice_of,
    attempted,
    shown,
)
from service.pages.record.session import not_of_the_session
from service.pages.workshop.notes.lines import KIND, WHO, form_given, kinds_of
from service.pages.workshop.notes.view import (
    Typed,
    chosen,
    kind_named,
    notes,
    who_types,
)
from service.pages.workshop.presence import PRESENCE, Thing
from service.services import service_of

PATH: Final = "/cohorts/{key}/sessions/{session}/notes"
UNDO: Final = "undo"
"""The action that undoes what was recorded at the position `event.position`."""
POSITION: Final = "event.position"

_HELD: Final = (
    "fragment Held on Session {\n"
    "  key title position time timePrecision minutes\n"
    "  cohort { key }\n"
    "  attended { key name }\n"
    "}\n"
)
_QUERY: Final = read_query("workshop/notes", PRESENCE, _HELD)
_LINE: Final = read_query("workshop/notes", PRESENCE, _HELD, name="line")
"""The query for what a line needs that is recorded. Where the page is drawn, all that it shows is asked."""
_WALL: Final = read_query("live/wall", name="content")
_SEE_OTHER: Final = 303

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def show(request: Request) -> Response:
    """Show a new line to the cohort's facilitators and members, with the kind and the organisation of the last one."""
    pages = _pages(request)
    visit = await pages.visit(request)
    if visit.viewer.role is Role.PUBLIC:
        return RedirectResponse(addresses.sign_in(visit), _SEE_OTHER)
    try:
        answer = await _asked(request, visit, _QUERY)
        own = _own(visit, answer)
        given = chosen(visit.query, kinds_of(visit.viewer.role), own)
        return await _drawn(request, visit, answer, own, Typed({**given, **_begun()}))
    except NoAnswer as error:
        return pages.problem(visit, error.status, service_of(request))


@router.post(PATH)
async def record(request: Request) -> Response:
    """Record a line, or undo what was just recorded, and show the page again with the next line."""
    pages = _pages(request)
    visit = await pages.visit(request)
    line = await sent_fields(request, FORM_BYTES_MAX, FIELDS_MAX)
    try:
        if visit.viewer.role is Role.PUBLIC:
            return await _signed_out(request, visit, line)
        answer = await _asked(request, visit, _LINE)
        own = _own(visit, answer)
        if own is not None:
            line = {**line, WHO: [own["key"]]}
        if one(line, ACTION) == UNDO:
            return await _undone(request, visit, own, line)
        return await _recorded(request, visit, answer, own, line)
    except NoAnswer as error:
        return pages.problem(visit, error.status, service_of(request))
    except (OutcomeUnknown, Unavailable):
        return pages.problem(visit, 503, service_of(request))


async def _recorded(
    request: Request, visit: Visit, answer: Answer, own: Thing | None, line: Given
) -> Response:
    role = visit.viewer.role
    kind = kind_named(kinds_of(role), one(line, KIND))
    given = form_given(kind, line, answer["session"], role)
    outcome = await attempted(request, visit, kind.form, given)
    if isinstance(outcome, Sent):
        messages = kind.placed(messages_for(kind.form, outcome.faults, given))
        typed = Typed(line, messages, outcome.note)
        answer = await _asked(request, visit, _QUERY)
        return await _drawn(request, visit, answer, own, typed, outcome.status)
    return _again(visit, outcome, {KIND: kind.name, WHO: one(line, WHO) or None})


async def _undone(request: Request, visit: Visit, own: Thing | None, line: Given) -> Response:
    if (refused := await not_of_the_session(request, line)) is not None:
        raise HTTPException(refused.status)
    event = await own_event(request, visit, one(line, POSITION))
    outcome = await taken_back(request, visit, event, line)
    if isinstance(outcome, NotUndone):
        given = chosen(visit.query, kinds_of(visit.viewer.role), own)
        typed = Typed({**given, **_begun()}, undone=(event.position or 0, outcome.why))
        answer = await _asked(request, visit, _QUERY)
        return await _drawn(request, visit, answer, own, typed, outcome.status)
    return _again(visit, outcome, {name: visit.query.get(name) for name in (KIND, WHO)})


async def _signed_out(request: Request, visit: Visit, line: Given) -> Response:
    """Return the form of the line's type with its words: the public may not see the page that they come from."""
    refused = await not_of_the_session(request, line)
    if refused is None or one(line, ACTION) == UNDO:
        raise HTTPException(refused.status if refused else 404)
    kind = kind_named(kinds_of(Role.FACILITATOR), one(line, KIND))
    session = {
        "key": visit.inside["session"],
        "cohort": {"key": visit.key},
        "time": one(line, OPENED),
        "timePrecision": None,
        "minutes": None,
    }
    given = form_given(kind, line, session, Role.FACILITATOR)
    sent = Sent(given, note=refused.note, status=refused.status)
    return await shown(request, visit, kind.form, sent)


def _again(visit: Visit, receipt: Receipt, query: dict[str, str | None]) -> Response:
    """Lead back to the page, where the next line has the kind and the organisation of this one."""
    given = {
        **query,
        "after": str(receipt.position),
        "advice": advice_of(receipt),
        "language": visit.query.get("language"),
    }
    return RedirectResponse(addresses.with_query(visit.path, given), _SEE_OTHER)


def _begun() -> Given:
    """Return the id and the beginning of a new line."""
    return {ID: [str(uuid4())], OPENED: [datetime.now(UTC).isoformat()]}


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def _own(visit: Visit, answer: Answer) -> Thing | None:
    """Return the organisation for which alone the visitor types, None if for any. Raises HTTPException (404)."""
    own, may_type = who_types(answer, visit.viewer)
    if not may_type:
        raise HTTPException(404)
    return own


async def _asked(request: Request, visit: Visit, query: Query) -> Answer:
    context = await _context(request, visit)
    return await _pages(request).execute(query, {**visit.inside, "signedIn": True}, context)


async def _context(request: Request, visit: Visit) -> Context:
    """Return the context in which the graph is asked, for what is there after what was just recorded."""
    context = await _pages(request).context(request)
    if "after" in visit.query:
        context.min_position = await awaited(request, visit)
    return context


async def _wall(request: Request, visit: Visit, answer: Answer) -> wall.Wall | None:
    """Return the wall: what every member of the cohort may see."""
    here = replace(visit, query={})
    context = await _context(request, visit)
    context.viewer = asks_as(answer, here)
    try:
        shown = await _pages(request).execute(_WALL, wall.variables(answer, here) or {}, context)
    except NoAnswer:
        # One can type without it.
        return None
    return wall.view({**shown, **answer}, here)


async def _drawn(
    request: Request,
    visit: Visit,
    answer: Answer,
    own: Thing | None,
    typed: Typed,
    status: int = 200,
) -> Response:
    beside = await _wall(request, visit, answer)
    token = token_of(request)
    view = notes(answer, visit.viewer, own, typed, token, visit.now, beside, visit.query)
    return _pages(request).drawn(
        "workshop/notes/template.html", visit, {"view": view}, answer, status
    )

"""The routes of `/cohorts/{key}/sessions/new`. They record through the form of a session, as `/record` does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from events.access.policy import Role
from events.lines.recorded import Receipt
from events.store.connections import OutcomeUnknown, Unavailable
from events.vocabulary.faults import Fault, Refused
from service.pages.cohort.day import day_of
from service.pages.frame import addresses
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.days import UnreadableDay
from service.pages.frame.forms import sent_fields, token_of
from service.pages.frame.page import Answer, Visit, read_query
from service.pages.record.faults import messages_for
from service.pages.record.levels import levels_of
from service.pages.record.reading import (
    ACTION,
    FIELDS_MAX,
    FORM_BYTES_MAX,
    Given,
    event_of,
    one,
    opened,
)
from service.pages.record.routes import (
    LOOK,
    Sent,
    advice_of,
    attempted,
    shown,
)
from service.pages.record.session import not_of_the_session
from service.pages.record.view import FormPage, evaluators
from service.pages.workshop.hosting.view import (
    ATTENDED,
    FORM,
    expanded,
    hosting,
    may_host,
    moment,
    on_day,
)
from service.pages.workshop.presence import PRESENCE, present
from service.services import service_of

PATH: Final = "/cohorts/{key}/sessions/new"

_QUERY: Final = read_query("workshop/hosting", PRESENCE)
_SEE_OTHER: Final = 303

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def show(request: Request) -> Response:
    """Show the form of a session of the cohort to those who facilitate it; `?at=` names a day that has passed."""
    visit = await _pages(request).visit(request)
    if visit.viewer.role is Role.PUBLIC:
        return RedirectResponse(addresses.sign_in(visit), _SEE_OTHER)
    _check(visit)
    try:
        day = day_of(visit).asked
    except UnreadableDay as error:
        return await _unreadable(request, visit, error)
    usual = levels_of(FORM.kind, visit.viewer.role).usual
    given = opened(FORM.kind, datetime.now(UTC), usual) | on_day(day) | {"cohort": [visit.key]}
    try:
        answer = await _asked(request, visit)
    except NoAnswer as error:
        return _pages(request).problem(visit, error.status, service_of(request))
    return _drawn(request, visit, answer, Sent(given), is_new=True)


@router.post(PATH)
async def record(request: Request) -> Response:
    """Record the session, and lead to the page where what happens in it is typed."""
    visit = await _pages(request).visit(request)
    fields = await sent_fields(request, FORM_BYTES_MAX, FIELDS_MAX)
    given = {**fields, "cohort": [visit.key]}
    if visit.viewer.role is Role.PUBLIC:
        refused = await not_of_the_session(request, given)
        if refused is not None:
            # The public may not see who is in the cohort, so the words are kept in the form of the type.
            sent = Sent(given, note=refused.note, status=refused.status)
            return await shown(request, visit, FORM, sent)
    _check(visit)
    try:
        answer = await _asked(request, visit)
        if answer["cohort"] is None:
            return _pages(request).problem(visit, 404, service_of(request), answer)
        members = present(answer["cohort"], moment(given, visit.now))
        meant = expanded(given, members)
        is_whole = bool(meant[ATTENDED]) or one(given, ACTION) == LOOK
        outcome = await attempted(
            request, visit, FORM, meant if is_whole else {**meant, ACTION: [LOOK]}
        )
    except NoAnswer as error:
        return _pages(request).problem(visit, error.status, service_of(request))
    if isinstance(outcome, Sent):
        if not is_whole and outcome.note is None:
            outcome = await _with_nobody(request, visit, meant)
        return _drawn(request, visit, answer, replace(outcome, given=given), is_new=False)
    return RedirectResponse(_next(visit, outcome), _SEE_OTHER)


async def _with_nobody(request: Request, visit: Visit, given: Given) -> Sent:
    """Return the form with all that is wrong with it, and that nobody is ticked.

    The log takes a session to which nobody came. But nobody hosts one, and who came cannot be corrected.
    """
    log = service_of(request).log
    faults: Sequence[Fault] = ()
    try:
        event = log.check(event_of(FORM, given), visit.viewer)
        await log.record([event], sender=visit.viewer, dry=True)
    except Refused as refusal:
        faults = refusal.faults
    except (OutcomeUnknown, Unavailable):
        # The rest is shown once the form is sent again.
        pass
    nobody = Fault("field", f"/data/{ATTENDED}", "Expected at least one organisation.", None)
    return Sent(given, [*faults, nobody], status=422)


def _next(visit: Visit, receipt: Receipt) -> str:
    """Return the address of the page for what happens in the session."""
    [session] = [stream for stream in receipt.streams if stream.startswith("session/")]
    path = f"{addresses.of_kind('cohort', visit.key)}/sessions/{session.partition('/')[2]}/notes"
    query = {
        "after": str(receipt.position),
        "advice": advice_of(receipt),
        "language": visit.query.get("language"),
    }
    return addresses.with_query(path, query)


def _check(visit: Visit) -> None:
    """Return if the visitor facilitates the cohort; for others there is no form. Raises HTTPException."""
    if not may_host(visit.viewer, visit.key):
        raise HTTPException(404)


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


async def _asked(request: Request, visit: Visit) -> Answer:
    pages = _pages(request)
    context = await pages.context(request)
    return await pages.execute(_QUERY, {"key": visit.key, "signedIn": True}, context)


async def _unreadable(request: Request, visit: Visit, error: UnreadableDay) -> Response:
    pages = _pages(request)
    frame = await pages.frame_of(visit.viewer, request)
    return pages.drawn("frame/unreadable_day.html", visit, {"error": error}, frame, 400)


def _drawn(request: Request, visit: Visit, answer: Answer, sent: Sent, *, is_new: bool) -> Response:
    """Return the page with the form and what was typed in it, 404 if there is no such cohort for the visitor."""
    pages = _pages(request)
    cohort = answer["cohort"]
    if cohort is None:
        return pages.problem(visit, 404, service_of(request), answer)
    form = FormPage(
        FORM,
        sent.given,
        {},
        {},
        messages_for(FORM, sent.faults, sent.given),
        evaluators(answer),
        token_of(request),
        visit.viewer.role,
        sent.note,
        is_new=is_new,
    )
    view = hosting(form, cohort, visit.now)
    return pages.drawn("workshop/hosting/template.html", visit, {"view": view}, answer, sent.status)

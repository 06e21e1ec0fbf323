"""The routes of the forms: `/record/{type}` shows a form and records what it says. `service.app` includes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from events.access.policy import Role, may_ever_record
from events.lines.recorded import Receipt
from events.store.connections import OutcomeUnknown, Unavailable
from events.vocabulary.catalogue import EventKind
from events.vocabulary.faults import Fault, Refused
from events.vocabulary.types.event_type import Mark
from service.graphql.context import Context
from service.pages.frame import addresses
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.forms import sent_fields, token_of
from service.pages.frame.page import Visit, read_query
from service.pages.record.amending import found, widening
from service.pages.record.amending.about import asked_about, odd, position_in
from service.pages.record.amending.corrections import (
    Meanwhile,
    changed,
    corrected_form,
    opened_at,
)
from service.pages.record.amending.replacement import REPLACED, REPLACES
from service.pages.record.choices import choices_of, choices_query, variables, with_only_choice
from service.pages.record.done import routes as done
from service.pages.record.faults import messages_for
from service.pages.record.form import Form, form_of, kind_named
from service.pages.record.levels import levels_of
from service.pages.record.reading import ACTION, Given, event_of, one, opened
from service.pages.record.session import not_of_the_session
from service.pages.record.similar import Similar, asked, similar
from service.pages.record.view import FormPage, evaluators, fixed, prefilled, preset
from service.services import service_of

VISITOR: Final = read_query("record")
"""The query for the visitor's organisation and cohorts."""

FORM_BYTES_MAX: Final = 1024 * 1024
FIELDS_MAX: Final = 2_000
LOOK: Final = "look"
"""The action with which a form looks for something, and records nothing."""

_SEE_OTHER: Final = 303
_UNKNOWN: Final = "It is not known whether this was recorded. Please send the same form again: it is recorded once."
_AWAY: Final = "Nothing can be recorded at present. Please send the form again in a moment."

router = APIRouter(include_in_schema=False)
router.include_router(done.router)


@dataclass(frozen=True)
class Sent:
    """A form as it was sent, and why it was not recorded.

    `asks` says that more people would see something that was corrected, and that it was not asked yet whether they may.
    """

    given: Given
    faults: Sequence[Fault] = ()
    note: str | None = None
    status: int = 200
    meanwhile: Meanwhile | None = None
    asks: bool = False


@router.get("/record/{type}")
async def show(request: Request, type: str) -> Response:
    """Show the form of a type, with what the address says about it. Visitors who are not signed in sign in first."""
    form = _form(type)
    visit = await _pages(request).visit(request)
    if visit.viewer.role is Role.PUBLIC:
        return RedirectResponse(addresses.sign_in(visit), _SEE_OTHER)
    _check_role(form.kind, visit)
    given = opened(form.kind, datetime.now(UTC), levels_of(form.kind, visit.viewer.role).usual)
    return await shown(
        request, visit, form, Sent(given | prefilled(form, visit.query)), is_new=True
    )


@router.post("/record/{type}")
async def record(request: Request, type: str) -> Response:
    """Record what a form says, as the principal of the session; where that fails, show it again with all it contains.

    A key is not enough: the form has to come from a page of the visitor's session.
    """
    form = _form(type)
    visit = await _pages(request).visit(request)
    given = await sent_fields(request, FORM_BYTES_MAX, FIELDS_MAX)
    try:
        outcome = await attempted(request, visit, form, given)
    except NoAnswer as error:
        return _pages(request).problem(visit, error.status, service_of(request))
    if isinstance(outcome, Sent):
        return await shown(request, visit, form, outcome)
    query = {
        "advice": advice_of(outcome),
        REPLACES: one(given, REPLACED) or None,
        "language": visit.query.get("language"),
    }
    address = addresses.with_query(f"/record/done/{outcome.position}", query)
    return RedirectResponse(address, _SEE_OTHER)


async def attempted(request: Request, visit: Visit, form: Form, given: Given) -> Receipt | Sent:
    """Record what a form says; return the receipt, or the form as it was sent with why it was not recorded.

    Raises HTTPException (404) if the visitor's role may not record events of the type, and NoAnswer.
    """
    if (refused := await not_of_the_session(request, given)) is not None:
        return Sent(given, note=refused.note, status=refused.status)
    _check_role(form.kind, visit)
    if one(given, ACTION) == LOOK:
        return Sent(given)
    try:
        return await _recorded(request, visit, form, given)
    except Refused as refusal:
        return Sent(given, refusal.faults, status=422)
    except Meanwhile as meanwhile:
        return Sent(meanwhile.given, status=422, meanwhile=meanwhile)
    except widening.Asks:
        return Sent(given, status=422, asks=True)
    except OutcomeUnknown:
        return Sent(given, note=_UNKNOWN, status=503)
    except Unavailable:
        return Sent(given, note=_AWAY, status=503)


def advice_of(receipt: Receipt) -> str | None:
    """Return the advice of a receipt as the address of the page after recording has it, None if there is none."""
    return ",".join(dict.fromkeys(one.rule for one in receipt.warnings)) or None


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def _form(type_: str) -> Form:
    kind = kind_named(type_)
    if kind is None:
        raise HTTPException(404)
    return form_of(kind)


def _check_role(kind: EventKind, visit: Visit) -> None:
    """Return if the visitor's role may record events of a type; for others there is no form. Raises HTTPException."""
    if not may_ever_record(visit.viewer.role, kind):
        raise HTTPException(404)


async def _recorded(request: Request, visit: Visit, form: Form, given: Given) -> Receipt:
    """Record the event of a form, through the recorder like any event.

    Raises NoAnswer, Refused and Unavailable; Meanwhile and Asks if somebody has to be asked first.
    """
    log, viewer = service_of(request).log, visit.viewer
    expected: Mapping[str, int] = {}
    about = None
    if form.kind.mark is Mark.CORRECTS:
        about, expected = await found.latest(request, viewer, form, given)
        form = corrected_form(form, about, given)
    event = event_of(form, given)
    if about is not None:
        event["data"] = changed(form, event["data"], about, given)
    await widening.check(log, form, given, event, viewer)
    [receipt] = await log.append([event], sender=viewer, expected=expected)
    return receipt


async def shown(
    request: Request, visit: Visit, form: Form, sent: Sent, *, is_new: bool = False
) -> Response:
    """Return the page with the form of a type and what was typed in it."""
    pages = _pages(request)
    try:
        return await _drawn(pages, request, visit, form, sent, is_new=is_new)
    except NoAnswer as error:
        return pages.problem(visit, error.status, service_of(request))


async def _drawn(
    pages: Pages, request: Request, visit: Visit, form: Form, sent: Sent, *, is_new: bool
) -> Response:
    context = await pages.context(request)
    base = await pages.execute(VISITOR, {"signedIn": visit.is_signed_in}, context)
    viewer: Mapping[str, object] = base.get("viewer") or {"organisation": None, "cohorts": []}
    base = {**base, "viewer": viewer}
    given = sent.given
    if is_new:
        given = preset(
            form,
            {**given, **await found.replacement_given(request, visit, form)},
            base,
            visit.viewer,
        )
    about = await found.event(request, position_in(asked_about(form, given)))
    wrong = odd(form, given, about) if is_new else None
    if form.kind.mark is Mark.CORRECTS:
        form = corrected_form(form, about, given)
        given = opened_at(form, about, given) if about is not None else given
    own = visit.viewer.organisation
    listed = variables(form, given, own)
    answer = await pages.execute(choices_query(form.kind), listed, context)
    choices = choices_of(form, given, answer, own)
    meanwhile = sent.meanwhile
    page = FormPage(
        form,
        with_only_choice(form, given, choices) if is_new else given,
        choices,
        fixed(form, base, visit.viewer),
        [
            *([wrong.message] if wrong else ()),
            *(meanwhile.messages if meanwhile else ()),
            *messages_for(form, sent.faults, given),
        ],
        evaluators(base),
        token_of(request) if visit.is_signed_in else None,
        visit.viewer.role,
        sent.note,
        None if is_new else await _similar(pages, form, given, context),
        is_new,
        about,
        meanwhile.now if meanwhile else {},
        await found.correctable(pages, form, given, context) if sent.asks else None,
        visit.query,
    )
    status = wrong.status if wrong else sent.status
    return pages.drawn("record/form.html", visit, {"view": page}, base, status)


async def _similar(pages: Pages, form: Form, given: Given, context: Context) -> Similar | None:
    """Return what is similar to what was typed; None if there is too little to look for, or it makes no sense."""
    if (question := asked(form, given)) is None:
        return None
    try:
        return similar(await pages.execute(*question, context))
    except NoAnswer:
        return None


def messages() -> tuple[str, ...]:
    """Return the words of this module, for the catalogues."""
    return _UNKNOWN, _AWAY

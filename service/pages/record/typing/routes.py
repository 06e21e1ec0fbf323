"""The routes that forms ask while somebody fills them in. They record nothing."""

import orjson
from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from events.access.policy import may_ever_record
from events.store.connections import OutcomeUnknown, Unavailable
from events.vocabulary.faults import Refused
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.forms import sent_fields
from service.pages.frame.page import Visit
from service.pages.record.amending.corrections import Meanwhile
from service.pages.record.amending.sent import event_sent
from service.pages.record.faults import messages_for
from service.pages.record.form import Form, form_of, kind_named
from service.pages.record.reading import FIELDS_MAX, FORM_BYTES_MAX
from service.pages.record.session import not_of_the_session
from service.pages.record.typing.subjects import asked, found, narrowed
from service.services import service_of

router = APIRouter(include_in_schema=False)


@router.get("/record/{type}/subjects")
async def subjects(request: Request, type: str) -> Response:
    """Return the subjects that a field may name and that have the words in `words`, as JSON: a value and a label each.

    Only the pages of a session ask it.
    """
    caller = await service_of(request).access(request)
    if caller.session is None:
        raise HTTPException(404)
    visit = await _pages(request).visit(request)
    form = narrowed(_form(type, visit), visit.query.get("field", ""))
    if form is None:
        raise HTTPException(404)
    own = visit.viewer.organisation
    words, cohort = (visit.query.get(name, "") for name in ("words", "cohort"))
    if (question := asked(form, words, cohort, own)) is None:
        return _json([])
    try:
        answer = await _pages(request).execute(*question, await _pages(request).context(request))
    except NoAnswer as error:
        raise HTTPException(error.status) from error
    return _json(found(form, answer, own, visit.language))


@router.post("/record/{type}/check")
async def check(request: Request, type: str) -> Response:
    """Return what is wrong so far with a form of the visitor's session, as JSON: by the names of the fields.

    The rules are those of `POST /events/validate`.
    """
    visit = await _pages(request).visit(request)
    given = await sent_fields(request, FORM_BYTES_MAX, FIELDS_MAX)
    if (refused := await not_of_the_session(request, given)) is not None:
        raise HTTPException(refused.status)
    form = _form(type, visit)
    log = service_of(request).log
    try:
        form, event, _ = await event_sent(request, visit.viewer, form, given)
        await log.record([log.check(event, visit.viewer)], sender=visit.viewer, dry=True)
    except Meanwhile:
        # Who sends the form is asked about that.
        return _json({})
    except NoAnswer as error:
        raise HTTPException(error.status) from error
    except (OutcomeUnknown, Unavailable):
        raise HTTPException(503) from None
    except Refused as refusal:
        wrong: dict[str, list[str]] = {}
        for message in messages_for(form, refusal.faults, given):
            if message.field is not None:
                wrong.setdefault(message.field, []).append(visit.language.gettext(message.sentence))
        return _json(wrong)
    return _json({})


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def _form(type_: str, visit: Visit) -> Form:
    """Return the form of a type that the visitor's role may record. Raises HTTPException (404)."""
    kind = kind_named(type_)
    if kind is None or not may_ever_record(visit.viewer.role, kind):
        raise HTTPException(404)
    return form_of(kind)


def _json(content: object) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(content), media_type="application/json", headers=headers)

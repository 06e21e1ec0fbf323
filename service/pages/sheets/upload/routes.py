"""The routes of `/record/sheets`: upload a file, see what would be recorded, confirm it, and see what was recorded.

`service.app` includes them. What is recorded goes through the recorder like any event, as the principal of the session.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from events.access.policy import Role, may_ever_record
from events.store.connections import OutcomeUnknown, Unavailable
from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.event import Event
from events.vocabulary.faults import Refused
from events.vocabulary.types.cohorts import CohortFormed
from service.access.signing_in.cookies import cookie_of
from service.errors import NoSuchCohort
from service.pages.frame import addresses
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.forms import sent_body, sent_fields, token_of
from service.pages.frame.page import Answer, Query, Visit, read_query
from service.pages.record.reading import one
from service.pages.record.session import not_of_the_session
from service.pages.sheets.events import SheetEvents, SheetsRefused
from service.pages.sheets.names import Ask, Names
from service.pages.sheets.names import Query as NameQuery
from service.pages.sheets.rows import SOURCE
from service.pages.sheets.sheet_event import SheetEvent
from service.pages.sheets.subjects import entries_of, subjects_query
from service.pages.sheets.template import kinds_named, template
from service.pages.sheets.upload.files import FILE_BYTES_MAX, events_in, is_workbook
from service.pages.sheets.upload.judged import Judged, Status, faults_of, judged
from service.pages.sheets.upload.kept import is_kept, keep, kept
from service.pages.sheets.upload.multipart import MULTIPART, form_in
from service.pages.sheets.upload.sealed import SEALED_BYTES_MAX, NotSealed, sealed, unsealed
from service.pages.sheets.upload.view import Checked, Upload, checked, cohorts_of, recorded
from service.privacy.uploads import UploadedFile
from service.problems import malformed
from service.services import service_of

PATH: Final = "/record/sheets"
READ_AT_ONCE_MAX: Final = 2
"""How many files are read at the same time. The others wait."""
CSV: Final = "text/csv; charset=utf-8"
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_VISITOR: Final = read_query("record")
_EXTRA_BYTES_MAX: Final = 64 * 1024
_FIELDS_MAX: Final = 10
_SEALED: Final = "events"
_KEPT: Final = "upload"
"""The name of the id of the file with its ids and keys, in forms and addresses."""
_POSITION_DIGITS_MAX: Final = 15
_SEE_OTHER: Final = 303
_NO_FILE: Final = "Please choose a file."
_UNREADABLE: Final = "The file cannot be read."
_EMPTY: Final = "The file has no row that is filled in."
_TOO_MANY: Final = (
    "The file becomes more events than are recorded at once. Divide it into several files."
)
_CHANGED: Final = (
    "Meanwhile something has changed, so nothing was recorded. This is what would be recorded now."
)
_UNKNOWN: Final = (
    "It is not known whether this was recorded. Please confirm again: it is recorded once."
)
_AWAY: Final = "Nothing can be recorded at present. Please try again in a moment."

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def show_form(request: Request) -> Response:
    """Show the form for a file. Visitors who are not signed in sign in first."""
    visit = await _visit(request)
    return visit if isinstance(visit, Response) else await _form(request, visit)


@router.get(f"{PATH}/template.xlsx")
async def send_template(request: Request) -> Response:
    """Return a workbook to fill in, which offers what the visitor may see: of a cohort if the address names one."""
    visit = await _visit(request)
    if isinstance(visit, Response):
        return visit
    cohort = visit.query.get("cohort")
    try:
        entries = {
            kind: entries_of(await _ask(request, kind, cohort), cohort) for kind in kinds_named()
        }
    except NoAnswer as error:
        return _pages(request).problem(visit, error.status, service_of(request))
    except NoSuchCohort:
        raise HTTPException(404) from None
    is_own = visit.viewer.organisation is not None
    begins = cohort is None and may_ever_record(visit.viewer.role, VOCABULARY.of(CohortFormed))
    content = await asyncio.to_thread(
        template, entries, lambda: str(uuid4()), is_own=is_own, begins=begins
    )
    headers = {
        "Content-Disposition": 'attachment; filename="howcanwe.xlsx"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=WORKBOOK, headers=headers)


@router.post(PATH)
async def check(request: Request) -> Response:
    """Show what recording a file would do; nothing is recorded."""
    body = await sent_body(request, MULTIPART, FILE_BYTES_MAX + _EXTRA_BYTES_MAX)
    visit = await _visit(request)
    if isinstance(visit, Response):
        return visit
    try:
        given, files = await form_in(body, request.headers.get("content-type", ""))
    except ValueError:
        raise malformed("The form cannot be read", expected="a whole form with one file") from None
    if (refused := await not_of_the_session(request, given)) is not None:
        return await _form(request, visit, given, refused.note, status=refused.status)
    file = files.get("file")
    if file is None or not file.content:
        return await _form(request, visit, given, _NO_FILE, status=422)
    try:
        async with request.app.state.reading_sheets:
            names = Names(_asking(request, asyncio.get_running_loop()))
            found = await asyncio.to_thread(
                events_in,
                file.content,
                *(one(given, "type"), one(given, "zone")),
                *(names, visit.viewer.organisation),
            )
    except NoAnswer as error:
        return _pages(request).problem(visit, error.status, service_of(request))
    except SheetsRefused as wrong:
        wrong = await _with_rules(request, visit, wrong)
        return await _form(request, visit, given, faults=wrong.faults, status=422)
    except ValueError as error:
        return await _form(request, visit, given, _UNREADABLE, str(error), status=422)
    return await _checked(request, visit, found, given, file=file)


@router.post(f"{PATH}/recorded")
async def record(request: Request) -> Response:
    """Record what the page has shown, all or nothing; where something has changed meanwhile, show it again."""
    given = await sent_fields(request, SEALED_BYTES_MAX + _EXTRA_BYTES_MAX, _FIELDS_MAX)
    visit = await _visit(request)
    if isinstance(visit, Response):
        return visit
    if (refused := await not_of_the_session(request, given)) is not None:
        return await _form(request, visit, {}, refused.note, status=refused.status)
    try:
        events = unsealed(one(given, _SEALED), cookie_of(request) or "")
    except NotSealed:
        raise HTTPException(403) from None
    found = SheetEvents(events, ())
    try:
        receipts = await service_of(request).log.append(
            [event.content for event in events], sender=visit.viewer
        )
    except Refused:
        sent = {_KEPT: given.get(_KEPT, ())}
        return await _checked(request, visit, found, sent, _CHANGED, status=422)
    except (OutcomeUnknown, Unavailable) as error:
        note = _UNKNOWN if isinstance(error, OutcomeUnknown) else _AWAY
        outcome = [Judged(event, Status.NEW) for event in events]
        view = checked(outcome, (), token_of(request), one(given, _SEALED), note, one(given, _KEPT))
        return await _drawn(request, visit, view, 503)
    positions = [receipt.position for receipt in receipts]
    query = {
        "first": str(min(positions)),
        "last": str(max(positions)),
        _KEPT: one(given, _KEPT) or None,
        "language": visit.query.get("language"),
    }
    return RedirectResponse(addresses.with_query(f"{PATH}/recorded", query), _SEE_OTHER)


@router.get(f"{PATH}/recorded")
async def show_recorded(request: Request) -> Response:
    """Show what was recorded from sheets between two positions, as far as the visitor may see it."""
    visit = await _visit(request)
    if isinstance(visit, Response):
        return visit
    if "first" not in visit.query:
        # What could not be confirmed is shown here, too, with links to this address.
        language = visit.query.get("language")
        return RedirectResponse(addresses.with_query(PATH, {"language": language}), _SEE_OTHER)
    first, last = (_position(visit.query.get(name, "")) for name in ("first", "last"))
    if first is None or last is None:
        raise HTTPException(404)
    events = await _events_between(request, visit, first, last)
    if not events:
        raise HTTPException(404)
    upload = visit.query.get(_KEPT, "")
    answer = await _pages(request).frame_of(visit.viewer, request)
    view = recorded(events, upload if await is_kept(request, upload) else None)
    return _pages(request).drawn("sheets/upload/recorded.html", visit, {"view": view}, answer)


@router.get(f"{PATH}/completed")
async def send_completed(request: Request) -> Response:
    """Return the file that this session uploaded, with the ids and keys of its rows."""
    visit = await _visit(request)
    if isinstance(visit, Response):
        return visit
    file = await kept(request, visit.query.get(_KEPT, ""))
    if file is None:
        raise HTTPException(404)
    media_type = WORKBOOK if is_workbook(file.content) else CSV
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name)}",
        "Cache-Control": "no-store",
    }
    return Response(file.content, media_type=media_type, headers=headers)


async def _events_between(request: Request, visit: Visit, first: int, last: int) -> Sequence[Event]:
    service = service_of(request)
    selection = Selection(after=first - 1, through=last)
    page = await service.log.page(
        selection, after=first - 1, limit=service.settings.batch_events_max
    )
    seen = await service.log.visible(page, visit.viewer)
    return [event for found in seen if (event := found.event(VOCABULARY)).source == SOURCE]


async def _visit(request: Request) -> Visit | Response:
    """Return the visit of somebody who may record, or the answer to others. Raises HTTPException (404)."""
    visit = await _pages(request).visit(request)
    if visit.viewer.role is Role.PUBLIC:
        return RedirectResponse(addresses.sign_in(visit), _SEE_OTHER)
    if not visit.may_record:
        raise HTTPException(404)
    return visit


async def _form(
    request: Request,
    visit: Visit,
    given: Mapping[str, Sequence[str]] | None = None,
    note: str | None = None,
    detail: str = "",
    faults: Sequence[Any] = (),
    *,
    status: int = 200,
) -> Response:
    try:
        answer = await _visitor(request, visit)
    except NoAnswer as error:
        return _pages(request).problem(visit, error.status, service_of(request))
    typed = given or {}
    upload = Upload(
        token_of(request) if visit.is_signed_in else None,
        cohorts_of(answer),
        one(typed, "type"),
        one(typed, "zone"),
        note,
        detail,
        faults,
    )
    return _pages(request).drawn("sheets/upload/form.html", visit, {"view": upload}, answer, status)


async def _checked(
    request: Request,
    visit: Visit,
    found: SheetEvents,
    given: Mapping[str, Sequence[str]],
    note: str | None = None,
    *,
    file: UploadedFile | None = None,
    status: int = 200,
) -> Response:
    """Show what recording these events would do, with a button that does it. `file` is the one they are read from."""
    service = service_of(request)
    if not found.events:
        return await _form(request, visit, given, _EMPTY, "; ".join(found.notes), status=422)
    if len(found.events) > service.settings.batch_events_max:
        return await _form(request, visit, given, _TOO_MANY, status=422)
    try:
        outcome = await judged(service.log, found.events, visit.viewer)
    except (OutcomeUnknown, Unavailable):
        return await _form(request, visit, given, _AWAY, status=503)
    new: list[SheetEvent] = [of.event for of in outcome if of.status is Status.NEW]
    text = await asyncio.to_thread(sealed, new, cookie_of(request) or "") if new else None
    if text is not None and len(text) > SEALED_BYTES_MAX:
        return await _form(request, visit, given, _TOO_MANY, status=422)
    upload = one(given, _KEPT) if file is None else await keep(request, file, outcome)
    view = checked(outcome, found.notes, token_of(request), text, note, upload)
    return await _drawn(request, visit, view, status)


async def _with_rules(request: Request, visit: Visit, wrong: SheetsRefused) -> SheetsRefused:
    """Return the faults of a file with those that the record has for its rows, if it can be asked now."""
    service = service_of(request)
    if len(wrong.events) > service.settings.batch_events_max:
        return wrong
    try:
        return wrong.with_those_of(await faults_of(service.log, wrong.events, visit.viewer))
    except (OutcomeUnknown, Unavailable):
        return wrong


async def _drawn(request: Request, visit: Visit, view: Checked, status: int) -> Response:
    answer = await _pages(request).frame_of(visit.viewer, request)
    return _pages(request).drawn(
        "sheets/upload/checked.html", visit, {"view": view}, answer, status
    )


async def _visitor(request: Request, visit: Visit) -> Answer:
    context = await _pages(request).context(request)
    return await _pages(request).execute(_VISITOR, {"signedIn": visit.is_signed_in}, context)


async def _ask(request: Request, kind: str, cohort: str | None) -> Answer:
    """Return the subjects of a kind that a workbook offers."""
    document, variables = subjects_query(kind, cohort)
    context = await _pages(request).context(request)
    query = Query(f"sheets-{kind}.graphql", document)
    return await _pages(request).execute(query, variables, context)


def _asking(request: Request, loop: asyncio.AbstractEventLoop) -> Ask:
    """Return what asks the graph for the visitor, from the thread in which a file is read."""

    async def answers(queries: Sequence[NameQuery]) -> list[Answer]:
        pages = _pages(request)
        return [
            await pages.execute(
                Query("sheets-names.graphql", text), variables, await pages.context(request)
            )
            for text, variables in queries
        ]

    return lambda queries: asyncio.run_coroutine_threadsafe(answers(queries), loop).result()


def _position(text: str) -> int | None:
    is_position = text.isascii() and text.isdigit() and len(text) <= _POSITION_DIGITS_MAX
    return int(text) if is_position and int(text) else None


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def messages() -> tuple[str, ...]:
    """Return the words of this module, for the catalogues."""
    return _NO_FILE, _UNREADABLE, _EMPTY, _TOO_MANY, _CHANGED, _UNKNOWN, _AWAY

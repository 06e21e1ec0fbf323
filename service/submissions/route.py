"""`POST /hooks/{name}`: takes what a form tool sends, and records the events that the hook's mapping makes of it."""

import asyncio
from typing import Any, Final

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.access.principal import Principal
from events.vocabulary.faults import Refused
from events.vocabulary.values.strict_json import JsonError
from service.errors import MappingRefused, SealedOtherwise
from service.hooks.hook import Hook, opens
from service.http.openapi.hooks import SUBMITTED, SUBMITTING
from service.http.raw_route import RawRoute
from service.http.requests.body import read_body
from service.http.requests.cloudevents import is_json, media_type
from service.http.resources.recording import received
from service.middleware.rates import too_many
from service.operations.metrics import Submitted
from service.problems import Problem, malformed, problem, refusal
from service.services import Service, key_required, service_of
from service.submissions.events import Outcome, events_of, submission_of
from service.submissions.expressions import Steps
from service.submissions.mapping import Mapping
from service.submissions.mapping_file import mapping_of
from service.submissions.recording import record
from service.submissions.submission import RULE, Unreadable, parsed

router = APIRouter(tags=["hooks"], route_class=RawRoute)

_log = structlog.get_logger(__name__)

_EXPECTED: Final = (
    "the name of a hook, and its secret as Authorization: Bearer <secret>, or its tool's signature"
)


@router.post("/hooks/{name}", status_code=201, responses=SUBMITTED, openapi_extra=SUBMITTING)
async def submit_to_hook(request: Request) -> Response:
    """Record what somebody filled in. The hook's mapping, which an operator wrote, makes events of it.

    All of them are recorded, or none. 200 if the same submission was recorded before. It opens with the hook's secret,
    or the signature of its form tool, not with a key.
    """
    service = service_of(request)
    try:
        hook, sender, body = await _opened(request, service)
    except Problem as refused:
        service.metrics.submitted(Submitted.UNOPENED)
        raise refused
    try:
        answer = await _recorded(request, service, hook, sender, body)
    except (Problem, Refused) as refused:
        service.metrics.submitted(Submitted.REFUSED)
        faults = refused.faults
        # What people wrote is in details alone.
        _log.warning(
            "a submission to a hook was refused",
            hook=hook.name,
            faults=sorted({f"{fault.rule} at {fault.pointer or '/'}" for fault in faults}),
        )
        raise
    await service.keys.note_use(hook.key_id, hook.last_recorded)
    is_new = answer.status_code == 201
    service.metrics.submitted(Submitted.RECORDED if is_new else Submitted.REPEATED)
    return answer


async def _opened(request: Request, service: Service) -> tuple[Hook, Principal, bytes | None]:
    """Return the hook, the principal that it records as, and the body if that had to be read.

    Raises Problem: 401, the same one for any reason, and 413 for a body that is too large to be signed.
    """
    name = request.path_params["name"]
    try:
        hook = await service.hooks.find(name)
    except SealedOtherwise as error:
        _log.error(str(error))
        hook = None
    body: bytes | None = None
    if hook is not None and hook.tool.signature is not None:
        body = await read_body(request, service.settings.hooks_body_bytes_max)
        is_open = hook.opens_with(request.headers, body)
    else:
        is_open = opens(hook, request.headers)
    sender = await service.keys.present(hook.key_id) if hook is not None and is_open else None
    if hook is None or sender is None:
        if hook is not None:
            wrong = "its key has ended" if is_open else "the secret or the signature is another one"
            _log.warning("a hook did not open", hook=hook.name, wrong=wrong)
        raise key_required("The hook is unknown, or does not open", expected=_EXPECTED)
    return hook, sender, body


async def _recorded(
    request: Request, service: Service, hook: Hook, sender: Principal, body: bytes | None
) -> Response:
    if wait := service.rate.wait_seconds(sender.id):
        raise too_many(wait)
    if body is None:
        body = await read_body(request, service.settings.hooks_body_bytes_max)
    content = _content(request, body)
    steps = Steps(service.settings.hooks_steps_max)
    # Expressions may take a while, and other requests do not wait for them.
    mapping, made = await asyncio.to_thread(_made, hook, content, steps)
    outcome = await record(service.log, mapping, made, sender)
    return received(request, outcome.receipts)


def _content(request: Request, body: bytes) -> Any:
    if not is_json(media_type(request.headers)):
        detail = "The media type of the body is not JSON"
        raise problem(415, "media_type", detail, expected="application/json")
    try:
        return parsed(body)
    except JsonError as error:
        raise malformed(str(error), "json") from None
    except Unreadable as unreadable:
        raise refusal(unreadable.faults, refused="submission") from None


def _made(hook: Hook, content: Any, steps: Steps) -> tuple[Mapping, Outcome]:
    """Return the mapping of a hook, and the events that it makes of a submission. Raises Problem."""
    try:
        mapping = mapping_of(hook.mapping)
    except MappingRefused as refused:
        # It was written for another release.
        _log.error("the mapping of a hook cannot be used", hook=hook.name, faults=refused.faults)
        detail = "The mapping of the hook cannot be used"
        raise problem(503, "hook.mapping", detail, expected="a mapping for this release") from None
    try:
        made = events_of(mapping, submission_of(mapping, content, steps), steps)
    except Unreadable as unreadable:
        raise refusal(unreadable.faults, refused="submission") from None
    if not made.events:
        detail = (
            "No condition of the mapping holds for this submission, and its lists have no items, so nothing would be"
            " recorded"
        )
        raise problem(422, RULE, detail, refused="submission")
    return mapping, made

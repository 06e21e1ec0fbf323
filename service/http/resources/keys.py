"""`/keys`: what `howcanwe keys` does, for admins, and for facilitators as far as it is about their organisations."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from events.access.principal import Principal, Role, may_grant
from events.vocabulary.data_faults import faults_of
from events.vocabulary.faults import Fault
from events.vocabulary.stream import is_key
from events.vocabulary.strict_json import JsonError, oddities, parse
from events.vocabulary.times import as_datetime, moment
from service.access.grant import Grant
from service.access.keys import Key
from service.errors import GrantError, NoSuchKey
from service.http.openapi import problems
from service.http.requests.body import read_body
from service.problems import Problem, malformed, problem, refusal
from service.services import Service, service_of

router = APIRouter(prefix="/keys", tags=["keys"])

_LIST_MAX = 1_000
_SOURCE_CHARACTERS_MAX = 1_024


class GrantBody(BaseModel):
    """What a key is to allow."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Annotated[Role, Field(strict=False, description="What the key is for.")]
    cohorts: Annotated[
        list[str],
        Field(
            max_length=_LIST_MAX,
            description="The cohorts of a facilitator, at least one; `*` alone for all of them. Those of an"
            " organisation are all that it may ever have joined: its key ends when it joins another.",
        ),
    ] = []
    organisation: Annotated[
        str | None, Field(description="The organisation that the key speaks for.")
    ] = None
    sources: Annotated[
        list[Annotated[str, Field(max_length=_SOURCE_CHARACTERS_MAX)]],
        Field(
            max_length=_LIST_MAX,
            description="Prefixes of `source` that the key is bound to, and that are bound to it.",
        ),
    ] = []
    expires: Annotated[str | None, Field(description="When it ends, as in RFC 3339.")] = None

    def grant(self) -> Grant:
        """Return the grant. Raises GrantError."""
        return Grant(
            self.role, tuple(self.cohorts), self.organisation, tuple(self.sources), self._end()
        )

    def _end(self) -> datetime | None:
        if self.expires is None:
            return None
        try:
            return as_datetime(moment(self.expires))
        except (ValueError, OverflowError):
            raise GrantError("expires is a time as in RFC 3339 with its offset") from None


_BODY: Any = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": GrantBody.model_json_schema()}},
    }
}


def _as_json(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "role": key.role,
        "cohorts": key.cohorts,
        "organisation": key.organisation,
        "sources": key.sources,
        "created": key.created,
        "granted_by": key.granted_by,
        "expires": key.expires,
        "revoked": key.revoked,
        "last_used": key.last_used,
    }


def _json(body: Any, status: int = 200) -> Response:
    # A key is in it: nobody on the way may keep it.
    return Response(
        orjson.dumps(body),
        status,
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


def _refused(detail: str, pointer: str = "") -> Problem:
    return problem(422, "grant", detail, pointer=pointer)


async def _granted(request: Request) -> Grant:
    body = await read_body(request, service_of(request).settings.body_bytes_max)
    try:
        raw = parse(body)
    except JsonError as error:
        raise malformed(str(error), "json") from None
    odd = [Fault("field", pointer, expected, None) for pointer, expected in oddities(raw)]
    if odd:
        raise refusal(odd, "what the key is to allow is not told well")
    try:
        return GrantBody.model_validate(raw).grant()
    except ValidationError as error:
        faults = tuple(
            Fault("grant", fault.pointer.removeprefix("/data"), fault.detail, None)
            for fault in faults_of(error)
        )
        raise refusal(faults, "what the key is to allow is not told well") from None
    except GrantError as error:
        raise _refused(str(error)) from None


@router.post(
    "", status_code=201, responses=problems(400, 401, 403, 413, 422, 503), openapi_extra=_BODY
)
async def create_key(request: Request) -> Response:
    """Make a key. The answer's `key` is shown only now; its `warnings` name what does not exist.

    A facilitator makes keys of organisations that were ever in a cohort, and only in theirs; such a key ends when its
    organisation joins a cohort of others.
    """
    service = service_of(request)
    sender = await service.sender(request)
    grant = await _granted(request)
    warnings = []
    if grant.organisation is not None:
        joined = await service.log.memberships([grant.organisation])
        if grant.organisation not in joined:
            detail = f"there is no organisation {grant.organisation} yet"
            if sender.role is Role.FACILITATOR:
                raise problem(422, "subject.unknown", detail, pointer="/organisation")
            warnings.append({"rule": "organisation.unknown", "detail": detail})
        grant = _bound(grant, sender, joined.get(grant.organisation, frozenset()))
    elif not may_grant(sender, None, ()):
        raise _not_allowed("a facilitator makes keys of the role organisation")
    try:
        key = await service.keys.create(grant, granted_by=sender.id)
    except GrantError as error:
        raise _refused(str(error)) from None
    return _json({"id": key.split("_")[1], "key": key, "warnings": warnings}, 201)


def _bound(grant: Grant, sender: Principal, joined: frozenset[str]) -> Grant:
    """Return what a sender lets the key of an organisation do that joined these cohorts. Raises Problem."""
    if not may_grant(sender, grant.organisation, joined):
        raise _not_allowed(
            "an organisation that was ever in a cohort, and in no cohort of other facilitators"
        )
    if sender.role is not Role.FACILITATOR:
        return grant
    if grant.sources or grant.cohorts:
        raise _not_allowed("neither sources nor cohorts: an admin binds keys to these")
    return replace(grant, cohorts=tuple(sorted(sender.cohorts)))


def _not_allowed(detail: str) -> Problem:
    refused = "this key may not make such a key"
    return problem(403, "sender.not_allowed", refused, expected=detail)


@router.get("", responses=problems(401, 403, 503))
async def list_keys(request: Request) -> Response:
    """List every key there ever was, oldest first: what it allows, who granted it, when it was last used.

    A facilitator is given those of organisations that were ever in a cohort, and only in theirs.
    """
    service = service_of(request)
    sender = await service.sender(request)
    keys = await _theirs(service, sender, await service.keys.all())
    return _json({"keys": [_as_json(key) for key in keys]})


async def _theirs(service: Service, sender: Principal, keys: Sequence[Key]) -> list[Key]:
    """Return those of the keys that the sender may see and end."""
    organisations = {key.organisation for key in keys if key.organisation is not None}
    joined = await service.log.memberships(organisations)
    return [
        key
        for key in keys
        if may_grant(sender, key.organisation, joined.get(key.organisation or "", frozenset()))
    ]


@router.post("/{id}/rotate", responses=problems(401, 403, 404, 503))
async def rotate_key(request: Request, id: str) -> Response:
    """Give a key a new secret, shown only now. The old one is no longer good, and what it had open ends."""
    service = service_of(request)
    admin = await service.sender(request)
    try:
        key = await service.keys.rotate(_id(id), granted_by=admin.id)
    except NoSuchKey as error:
        raise _unknown(error) from None
    service.watches.look()
    return _json({"id": id, "key": key})


@router.delete("/{id}", status_code=204, responses=problems(401, 403, 404, 503))
async def revoke_key(request: Request, id: str) -> Response:
    """Revoke a key. It lets nobody in any more, and what it had open ends.

    A facilitator revokes those of organisations that were ever in a cohort, and only in theirs; all others are unknown.
    """
    service = service_of(request)
    sender = await service.sender(request)
    try:
        found = await service.keys.find(_id(id))
        if found is None or not await _theirs(service, sender, [found]):
            raise NoSuchKey(id)
        await service.keys.revoke(id, granted_by=sender.id)
    except NoSuchKey as error:
        raise _unknown(error) from None
    service.watches.look()
    return Response(status_code=204)


def _id(text: str) -> str:
    if not is_key(text):
        raise NoSuchKey(text)
    return text


def _unknown(error: NoSuchKey) -> Problem:
    return problem(404, "key.unknown", str(error), expected="the id of a key")

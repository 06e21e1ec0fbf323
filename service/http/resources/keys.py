"""`/keys`: manages keys, as `howcanwe keys` does, for admins, and for facilitators the keys of their organisations."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from events.access.principal import RECORD, Principal, Role, may_grant
from events.vocabulary.stream import is_key
from events.vocabulary.values.times import as_datetime, moment
from service.access.grant import Grant
from service.access.granting import manageable
from service.access.key import Key
from service.errors import GrantError, NoSuchKey
from service.http.openapi.answers import answer, problems
from service.http.openapi.component import schema
from service.http.openapi.keys import KEYS, NEW_KEY, ROTATED_KEY
from service.http.openapi.parameters import KEY_ID
from service.http.requests.json_object import read_object
from service.problems import Problem, problem
from service.services import service_of

router = APIRouter(prefix="/keys", tags=["keys"])

_KEY = "key"
_LIST_MAX = 1_000
_SOURCE_CHARACTERS_MAX = 1_024


class GrantBody(BaseModel):
    """The grant of a new key."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Annotated[Role, Field(strict=False, description="The role of the key.")]
    cohorts: Annotated[
        list[str],
        Field(
            max_length=_LIST_MAX,
            description="A facilitator's cohorts, at least one, or `*` alone for all of them. An evaluator's cohorts,"
            " at least one. If an organisation's key names cohorts, it ends when the organisation joins any other.",
        ),
    ] = []
    organisation: Annotated[
        str | None, Field(description="The organisation that the key belongs to.")
    ] = None
    sources: Annotated[
        list[Annotated[str, Field(max_length=_SOURCE_CHARACTERS_MAX)]],
        Field(
            max_length=_LIST_MAX,
            description="Prefixes of `source` that the key is limited to and that no other key may use.",
        ),
    ] = []
    expires: Annotated[
        str | None,
        Field(
            description="When the key expires.",
            json_schema_extra={
                "format": "date-time",
                "x-beyond-schema": "RFC 3339 with an offset; a time to come.",
            },
        ),
    ] = None
    name: Annotated[
        str | None,
        Field(
            description="The name of the key's holder: of an organisation rather than a person. An evaluator's is shown"
            " to the members of its cohorts."
        ),
    ] = None

    def grant(self) -> Grant:
        """Return the grant. Raises GrantError."""
        return Grant(
            self.role,
            tuple(self.cohorts),
            self.organisation,
            tuple(self.sources),
            self._end(),
            self.name,
        )

    def _end(self) -> datetime | None:
        if self.expires is None:
            return None
        try:
            return as_datetime(moment(self.expires))
        except (ValueError, OverflowError):
            raise GrantError("expires must be an RFC 3339 time with its offset") from None


_GRANTED: Final = tuple(role.value for role in Role if role not in (Role.PUBLIC, Role.GUEST))
"""Nobody needs a key to be the public, and codes of workshops make guests."""


def _grant_schema() -> dict[str, Any]:
    """Return the schema of a grant, whose definitions are components."""
    found = GrantBody.model_json_schema()
    roles = schema("GrantedRole", {**found.pop("$defs")["Role"], "enum": [*_GRANTED]})
    return schema("Grant", {**found, "properties": {**found["properties"], "role": roles}})


_BODY: Any = {
    "requestBody": {
        "required": True,
        "x-beyond-schema": "The key of a facilitator or an evaluator names cohorts, that of an organisation its"
        " organisation. No other key names an organisation, and only those three can name cohorts. Only the keys of"
        " facilitators and organisations can name sources. Cohorts and organisations are named by key, and names have"
        " one line.",
        "content": {
            "application/json": {
                "schema": _grant_schema(),
                "example": {"role": "analyst", "name": "The warehouse"},
            }
        },
    }
}
_LINKS: Final = {
    operation: {"operationId": operation, "parameters": {"id": "$response.body#/id"}}
    for operation in ("rotateKey", "revokeKey")
}


def _as_json(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role,
        "cohorts": key.cohorts,
        "organisation": key.organisation,
        "sources": key.sources,
        "types": key.types,
        "created": key.created,
        "granted_by": key.granted_by,
        "expires": key.expires,
        "revoked": key.revoked,
        "last_used": key.last_used,
    }


def _json(body: Any, status: int = 200) -> Response:
    # The answer may contain a key, so caches must not store it.
    return Response(
        orjson.dumps(body),
        status,
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


def _refused(detail: str, pointer: str = "") -> Problem:
    return problem(422, "grant", detail, pointer=pointer, refused=_KEY)


async def _granted(request: Request) -> Grant:
    body = await read_object(
        request,
        GrantBody,
        bytes_max=service_of(request).settings.body_bytes_max,
        rule="grant",
        refused=_KEY,
        called="grant",
    )
    try:
        return body.grant()
    except GrantError as error:
        raise _refused(str(error)) from None


@router.post(
    "",
    status_code=201,
    responses={201: answer("The new key", NEW_KEY, links=_LINKS), **problems(400, 413, 415, 422)},
    openapi_extra=_BODY,
)
async def create_key(request: Request) -> Response:
    """Create a key. `key` is shown only in this answer; `warnings` name what does not exist yet.

    A facilitator may create keys for organisations that have joined a cohort and only ever the facilitator's own; such
    a key ends when its organisation joins another facilitator's cohort. A facilitator may also create keys for
    evaluators of the facilitator's own cohorts.
    """
    service = service_of(request)
    sender = await service.sender(request)
    grant = await _granted(request)
    warnings = []
    if grant.organisation is not None:
        joined = await service.log.memberships([grant.organisation])
        if grant.organisation not in joined:
            detail = f"There is no organisation {grant.organisation} yet"
            if sender.role is Role.FACILITATOR:
                raise problem(422, "subject.unknown", detail, pointer="/organisation", refused=_KEY)
            warnings.append({"rule": "organisation.unknown", "detail": detail})
        grant = _bound(grant, sender, joined.get(grant.organisation, frozenset()))
    elif not may_grant(sender, grant.role, None, grant.limits):
        raise _not_allowed(
            "the role organisation, or evaluator of the facilitator's own cohorts: a facilitator may grant no others"
        )
    if grant.role is Role.EVALUATOR:
        for cohort in grant.cohorts:
            if not await service.log.stream_version(f"cohort/{cohort}", RECORD):
                detail = f"There is no cohort {cohort} yet"
                warnings.append({"rule": "cohort.unknown", "detail": detail})
    try:
        key = await service.keys.create(grant, granted_by=sender.id)
    except GrantError as error:
        raise _refused(str(error)) from None
    return _json({"id": key.split("_")[1], "key": key, "warnings": warnings}, 201)


def _bound(grant: Grant, sender: Principal, joined: frozenset[str]) -> Grant:
    """Return the grant that a sender may give an organisation that joined these cohorts. Raises Problem."""
    if not may_grant(sender, grant.role, grant.organisation, joined):
        raise _not_allowed(
            "an organisation that has joined a cohort, and none of other facilitators"
        )
    if sender.role is not Role.FACILITATOR:
        return grant
    if grant.sources or grant.cohorts:
        raise _not_allowed("neither sources nor cohorts, which only an admin may set")
    return replace(grant, cohorts=tuple(sorted(sender.cohorts)))


def _not_allowed(instead: str) -> Problem:
    detail = "This key may not create such a key"
    return problem(403, "sender.not_allowed", detail, expected=instead)


@router.get("", responses={200: answer("The keys", KEYS)})
async def list_keys(request: Request) -> Response:
    """List every key that was ever created, oldest first: its grant, who granted it, and when it was last used.

    A facilitator gets the keys of organisations that have joined a cohort and only ever the facilitator's own, and of
    evaluators and guests of the facilitator's cohorts.
    """
    service = service_of(request)
    sender = await service.sender(request)
    keys = await manageable(service.log.memberships, sender, await service.keys.all())
    return _json({"keys": [_as_json(key) for key in keys]})


@router.post(
    "/{id}/rotate",
    responses={200: answer("The key with its new secret", ROTATED_KEY), **problems(404)},
    openapi_extra={"parameters": [KEY_ID]},
)
async def rotate_key(request: Request, id: str) -> Response:
    """Give a key a new secret, shown only now. The old secret stops working, and its open streams end."""
    service = service_of(request)
    admin = await service.sender(request)
    try:
        key = await service.keys.rotate(_id(id), granted_by=admin.id)
    except NoSuchKey as error:
        raise _unknown(error) from None
    service.revocations.look()
    return _json({"id": id, "key": key})


@router.delete(
    "/{id}",
    status_code=204,
    responses={204: {"description": "It is revoked"}, **problems(404)},
    openapi_extra={"parameters": [KEY_ID]},
)
async def revoke_key(request: Request, id: str) -> Response:
    """Revoke a key. It stops working, and its open streams end.

    A facilitator may revoke the keys that `GET /keys` lists; all others are answered as unknown.
    """
    service = service_of(request)
    sender = await service.sender(request)
    try:
        found = await service.keys.find(_id(id))
        if found is None or not await manageable(service.log.memberships, sender, [found]):
            raise NoSuchKey(id)
        await service.keys.revoke(id, granted_by=sender.id)
    except NoSuchKey as error:
        raise _unknown(error) from None
    service.revocations.look()
    return Response(status_code=204)


def _id(text: str) -> str:
    if not is_key(text):
        raise NoSuchKey(text)
    return text


def _unknown(error: NoSuchKey) -> Problem:
    return problem(404, "key.unknown", str(error), expected="the id of a key")

"""The OpenAPI 3.1 document, made from the routes, the policy and the vocabulary. `service.app` makes it once."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final

from fastapi import APIRouter
from fastapi.routing import APIRoute

from events.access.policy import Action, may_ever
from events.access.principal import Role
from service.access.endpoints import HTTP
from service.hooks.hook import SECRET_PREFIX
from service.hooks.tool import Tool
from service.http.openapi.answers import REQUEST_ID, problems
from service.http.openapi.component import Components, referring
from service.middleware.request_ids import HEADER

TITLE: Final = "howcanwe"
SUMMARY: Final = "The record of collaborative innovation."

_ABOUT: Final = """Events go in by `POST /events` and come out by `GET /events` and `/graphql`.

- A key or a token is sent as `Authorization: Bearer …`. Without one, a request sees what is public.
- Every path that answers `GET` also answers `HEAD`, with the same headers and no body.
- Every refusal is `application/problem+json`, with what is wrong. Errors of an operation of GraphQL have the
  form that GraphQL gives them. Any call can also be refused with 400 (the `Host` header), 408, 431 or 500.
- An event is recorded once for each `source` and `id`: send a request again if its answer did not come. An
  `Idempotency-Key` is not needed, and is ignored.
- Every answer has an `X-Request-Id`: the one that came with the request, or the trace id of its `traceparent`, or a
  new one.
- `x-beyond-schema` says what the service asks for that a schema cannot say.
- The live streams are in `/asyncapi.json`. Pages for people, such as `/cohorts`, are not described here."""

TAGS: Final[Mapping[str, str]] = {
    "record": "Record events, or check them.",
    "read": "Read events as they were recorded.",
    "ask": "Ask for journeys, timelines and figures, with GraphQL.",
    "assist": "Read and record as an assistant, by the Model Context Protocol.",
    "replay": "Store how far a named consumer has read.",
    "vocabulary": "The types of events, and their JSON Schemas.",
    "quarantine": "Events that were refused with lenient handling.",
    "webhooks": "Have events delivered to an address.",
    "hooks": "Hand in what a form tool sends.",
    "keys": "Create and end keys.",
    "health": "Monitor the service.",
}

SECURITY: Final[Mapping[str, Any]] = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "hcw_…",
        "description": "A key, as `howcanwe keys create` or `POST /keys` made it.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of the OpenID Connect issuer that the service trusts, if it trusts one.",
    },
}
_OF_HOOKS: Final[Mapping[str, Any]] = {
    "hook": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": f"{SECRET_PREFIX}…",
        "description": "The secret of a hook, as `howcanwe hooks add` printed it. It opens nothing else.",
    },
    **{
        tool.replace("-", "_"): {
            "type": "apiKey",
            "in": "header",
            "name": tool.signature.header,
            "description": f"The signature of the body by {tool.title()}, with the secret of a hook.",
        }
        for tool in Tool
        if tool.signature is not None
    },
}
_WITH_KEY: Final[list[dict[str, list[str]]]] = [{"key": []}, {"token": []}]

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


class Undescribed(Exception):
    """A route lacks a part of its description."""


def document(routers: Iterable[APIRouter]) -> dict[str, Any]:
    """Return the description of the routes that are not pages for people. Raises Undescribed, DoubleComponent."""
    components: Components = {"securitySchemes": {**SECURITY, **_OF_HOOKS}}
    paths: dict[str, dict[str, Any]] = {}
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                for method in sorted(route.methods or ()):
                    described = referring(_operation(route, method), components)
                    paths.setdefault(route.path, {})[method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": version("howcanwe"),
            "summary": SUMMARY,
            "description": _ABOUT,
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": ".", "description": "The service that this document comes from."}],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": paths,
        "components": {
            section: dict(sorted(parts.items())) for section, parts in sorted(components.items())
        },
    }


def _operation(route: APIRoute, method: str) -> dict[str, Any]:
    """Return the description of a call. What it says of keys follows from the policy."""
    extra = dict(route.openapi_extra or {})
    parameters = extra.pop("parameters", [])
    in_path = {one["name"] for one in parameters if one["in"] == "path"}
    if in_path != set(_PLACEHOLDER.findall(route.path)):
        raise Undescribed(f"the parameters of {method} {route.path}")
    action = HTTP[f"{method} {route.path}"]
    text = route.description.strip()
    responses = {**problems(*_refusals(action)), **route.responses}
    if not any(200 <= int(status) < 300 for status in responses):
        raise Undescribed(f"what {method} {route.path} answers")
    return {
        "operationId": route.operation_id or _camel(route.name),
        "tags": list(route.tags),
        "summary": " ".join(text.split("\n\n")[0].split()).partition(". ")[0].rstrip("."),
        "description": text,
        "security": _security(action),
        "x-roles": [role.value for role in Role if may_ever(role, action)],
        **({"parameters": parameters} if parameters else {}),
        **extra,
        "responses": {
            str(status): _identified(responses[status]) for status in sorted(responses, key=int)
        },
    }


def _refusals(action: Action) -> list[int]:
    """Return the statuses with which a call of this action can be refused before its endpoint sees it."""
    if action is Action.DESCRIBE:
        return [429]
    if action is Action.SUBMIT:
        return [401, 429, 503]
    is_for_all = all(may_ever(role, action) for role in Role)
    return [401, *([] if is_for_all else [403]), 429, 503]


def _security(action: Action) -> list[dict[str, list[str]]]:
    if action is Action.DESCRIBE:
        return []
    if action is Action.SUBMIT:
        return [{name: []} for name in _OF_HOOKS]
    return [{}, *_WITH_KEY] if may_ever(Role.PUBLIC, action) else list(_WITH_KEY)


def _identified(response: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the description of an answer, with the id of its request."""
    if REQUEST_ID in response.get("headers", {}).values():
        return response
    return {**response, "headers": {HEADER: REQUEST_ID, **response.get("headers", {})}}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)

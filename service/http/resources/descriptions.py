"""`/openapi.json` and `/asyncapi.json`: the descriptions of calls and of streams, for programs."""

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, cast

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from service.http.asyncapi.document import asyncapi as asyncapi_document
from service.http.openapi.document import document

router = APIRouter(include_in_schema=False)

_ETAG_HEX_DIGITS: Final = 32


class Descriptions:
    """The descriptions of an application with these routers, each made when it is first asked for."""

    def __init__(self, routers: Sequence[APIRouter]) -> None:
        self._routers = routers

    @property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return document(self._routers)

    @cached_property
    def openapi(self) -> bytes:
        """The OpenAPI document as text."""
        return orjson.dumps(self.document)

    @cached_property
    def asyncapi(self) -> bytes:
        """The AsyncAPI document as text."""
        return orjson.dumps(asyncapi_document())


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """Return the OpenAPI document."""
    return _unless_known(request, _descriptions(request).openapi)


@router.get("/asyncapi.json")
async def asyncapi(request: Request) -> Response:
    """Return the AsyncAPI document."""
    return _unless_known(request, _descriptions(request).asyncapi)


def _descriptions(request: Request) -> Descriptions:
    return cast(Descriptions, request.app.state.descriptions)


def _unless_known(request: Request, text: bytes) -> Response:
    """Return the document, or 304 if the client has it already."""
    tag = f'"{sha256(text).hexdigest()[:_ETAG_HEX_DIGITS]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="application/json", headers=headers)

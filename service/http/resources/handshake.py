"""`OPTIONS /events`: the handshake before events are delivered by web hook (CloudEvents web hooks, section 4)."""

import re
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.responses import Response

from service.http.openapi.answers import problems
from service.http.openapi.parameters import parameter
from service.http.raw_route import RawRoute
from service.http.requests.cloudevents import ACCEPTED
from service.problems import malformed
from service.services import service_of
from service.settings import Settings

router = APIRouter(tags=["record"], route_class=RawRoute)

ORIGIN: Final = "WebHook-Request-Origin"
RATE: Final = "WebHook-Request-Rate"
_ORIGIN: Final = re.compile(r"[\x21-\x7e]{1,255}")
_RATE: Final = re.compile(r"[1-9][0-9]{0,9}")
_PARAMETERS: Final = [
    parameter(
        "header",
        ORIGIN,
        "The domain name of the system that will deliver events.",
        {"type": "string", "pattern": f"^{_ORIGIN.pattern}$"},
        example="events.example",
    ),
    parameter(
        "header",
        RATE,
        "The number of requests per minute that it asks for.",
        {"type": "string", "pattern": f"^{_RATE.pattern}$"},
        example="120",
    ),
]
_ALLOWED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The allowed methods and media types; if the request names an origin, it may deliver events",
        "headers": {
            "Allow": {"schema": {"type": "string"}},
            "Accept-Post": {"schema": {"type": "string"}},
            "WebHook-Allowed-Origin": {"schema": {"type": "string"}},
            "WebHook-Allowed-Rate": {
                "schema": {"type": "string"},
                "description": "The allowed requests per minute; `*` if there is no limit.",
            },
        },
    },
    **problems(400),
}


@router.options("/events", responses=_ALLOWED, openapi_extra={"parameters": _PARAMETERS})
async def allow_delivery(request: Request) -> Response:
    """Return the allowed methods. Every origin may deliver events; each delivery needs a key."""
    allowed = request.app.state.methods["/events"]
    headers = {"Allow": ", ".join(sorted(allowed)), "Accept-Post": ", ".join(ACCEPTED)}
    return Response(headers=headers | _granted(request.headers, service_of(request).settings))


def _granted(asked: Headers, settings: Settings) -> dict[str, str]:
    """Return the headers that permit delivery; none if the request names no origin. Raises Problem (400)."""
    origin, rate = asked.get(ORIGIN), asked.get(RATE)
    if rate is not None and not _RATE.fullmatch(rate):
        expected = f"{RATE}: requests per minute, an integer, 1 or more"
        raise malformed(f"{RATE} is not a rate", "header", expected=expected)
    if origin is None:
        return {}
    if not _ORIGIN.fullmatch(origin):
        expected = f"{ORIGIN}: the name of the sending system"
        raise malformed(f"{ORIGIN} is malformed", "header", expected=expected)
    limits = (settings.key_requests_per_second, settings.address_requests_per_second)
    rates = [max(1, int(limit * 60)) for limit in limits if limit]
    if rate is not None:
        rates.append(int(rate))
    return {
        "WebHook-Allowed-Origin": origin,
        "WebHook-Allowed-Rate": str(min(rates)) if rates else "*",
    }

"""`/metrics`: the service's metrics, for monitoring."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from events.store.connections import Unavailable
from service.http.openapi.answers import answer
from service.http.resources.health import PROBE_SECONDS_MAX
from service.operations.metrics import MEDIA_TYPE
from service.services import service_of

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    responses={200: answer("OpenMetrics text", {"type": "string"}, "application/openmetrics-text")},
)
async def read_metrics(request: Request) -> Response:
    """Return the metrics of the log, the read models and the requests; 200 even if the database is unavailable."""
    service = service_of(request)
    try:
        async with asyncio.timeout(PROBE_SECONDS_MAX):
            head = await service.log.head()
    except (Unavailable, TimeoutError):
        head = None
    text = service.metrics.text(
        head=head,
        known_head=service.log.announcer.head,
        recorded=service.log.recorded_events,
        state=service.runner.state,
        standby=service.standby,
        ahead_seconds=service.clock.ahead_seconds,
        webhooks=service.deliverer.progress,
    )
    return Response(text, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})

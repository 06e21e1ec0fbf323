"""`/health`: whether the process lives, and whether it can be asked."""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.store.connections import Unavailable
from service.context import service_of

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live() -> Response:
    """Say that the process runs."""
    return Response(b'{"status":"ok"}', media_type="application/json")


@router.get("/ready")
async def ready(request: Request) -> Response:
    """Say whether the database answers and the read models have caught up once: 200, or 503 with the reason."""
    service = service_of(request)
    body: dict[str, object] = {"status": "ready"}
    try:
        head = await service.log.head()
        state = service.runner.state
        models: dict[str, object] = {"phase": state.phase.value, "position": state.position}
        if state.trouble is not None:
            models["trouble"] = state.trouble
        if state.undigested is not None:
            # Not what went wrong with it: that may quote the event, and everyone may ask here.
            models["stopped_at"] = state.undigested.position
        body |= {"head": head, "read_models": models}
        if not state.is_ready:
            body["status"] = "the read models are not there yet"
    except Unavailable:
        body["status"] = "the database is away"
    status = 200 if body["status"] == "ready" else 503
    return Response(orjson.dumps(body), status, media_type="application/json")

"""`/health`: whether the process lives, and whether it can be asked."""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.store.connections import Unavailable
from projections.standby import Standby
from projections.state import Phase, State
from service.context import service_of

router = APIRouter(prefix="/health", tags=["health"])


def _told(state: State, head: int) -> dict[str, object]:
    """Return how the read models stand, with the progress of what is catching up and the reason of what is not."""
    told: dict[str, object] = {"phase": state.phase.value, "position": state.position}
    if state.phase is Phase.CATCHING_UP:
        told["behind"] = max(0, head - state.position)
        if state.rate:
            told["events_per_second"] = round(state.rate)
            told["seconds_left"] = round((head - state.position) / state.rate)
    if state.trouble is not None:
        told["trouble"] = state.trouble
    if state.undigested is not None:
        # Not the error's own text: it may quote the event, and everyone may ask here.
        told["stopped_at"] = state.undigested.position
        told["type"] = state.undigested.type
        told["error"] = type(state.undigested.error).__name__
    return told


def _told_of_replica(standby: Standby, head: int) -> dict[str, object]:
    """Return how the read models stand on the replica; `behind` is told also while it follows."""
    told = _told(standby.state, head)
    told["behind"] = max(0, head - standby.position)
    told["lag_seconds"] = round(standby.lag_seconds, 3)
    return told


@router.get("/live")
async def live() -> Response:
    """Say that the process runs."""
    return Response(b'{"status":"ok"}', media_type="application/json")


@router.get("/ready")
async def ready(request: Request) -> Response:
    """Say whether the database answers and the read models have caught up once: 200, or 503 with the reason.

    With a replica, also whether what is read there can be.
    """
    service = service_of(request)
    body: dict[str, object] = {"status": "ready"}
    try:
        head = await service.log.head()
        state = service.runner.state
        body |= {"head": head, "read_models": _told(state, head)}
        if not state.is_ready:
            body["status"] = "the read models are not there yet"
        elif service.standby is not None:
            body |= {"replica": _told_of_replica(service.standby, head)}
            if service.standby.state.phase is Phase.WAITING:
                body["status"] = "the replica is away"
            elif not service.standby.state.is_ready:
                body["status"] = "the read models are not on the replica yet"
            elif service.standby.lag_seconds > service.settings.replica_lag_seconds_max:
                body["status"] = "the replica is behind"
    except Unavailable:
        body["status"] = "the database is away"
    status = 200 if body["status"] == "ready" else 503
    return Response(orjson.dumps(body), status, media_type="application/json")

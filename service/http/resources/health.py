"""`/health`: whether the process lives, and whether it can be asked."""

import asyncio
from typing import Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.store.connections import AWAY, Trouble, Unavailable
from projections.store.progress import Phase, ReadModelState
from projections.updating.replica import ReplicaFollower
from service.services import Service, service_of

PROBE_SECONDS_MAX: Final = 3.0
"""Whoever watches gives up soon, and is to be told before."""

_OTHER_MASTER_KEY: Final = "the master key is not the one of the database"

router = APIRouter(prefix="/health", tags=["health"])


def _told(state: ReadModelState, head: int) -> dict[str, object]:
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


def _unready(state: ReadModelState, service: Service) -> str | None:
    """Return why what is read cannot be, None where it can."""
    settings, standby = service.settings, service.standby
    if (trouble := service.log.trouble(settings.ready_waiting_seconds)) is not None:
        return trouble
    if state.phase is Phase.WAITING and isinstance(state.trouble, Trouble):
        return state.trouble
    if state.phase is Phase.STOPPED:
        return "the read models have stopped"
    if not state.is_ready:
        return "the read models are not there yet"
    if service.runner.seconds_waiting > settings.ready_waiting_seconds:
        return "the read models have been waiting for too long"
    if standby is None:
        return None
    if standby.is_foreign:
        return "the replica is none of this database"
    if standby.state.phase is Phase.WAITING:
        return "the replica is away"
    if not standby.state.is_ready:
        return "the read models are not on the replica yet"
    if standby.lag_seconds > settings.replica_lag_seconds_max:
        return "the replica is behind"
    return None


def _told_of_replica(standby: ReplicaFollower, head: int) -> dict[str, object]:
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
    """Say whether requests can be sent here: 200, or 503 with the reason.

    They can where the database answers and the read models have caught up once; with a replica, also what is read
    there. Read models that have stopped at an event, or wait for longer than a moment, are not ready.
    """
    service = service_of(request)
    body: dict[str, object] = {"status": "ready"}
    try:
        async with asyncio.timeout(PROBE_SECONDS_MAX):
            head = await service.log.head()
            has_own_master_key = await service.has_own_master_key()
        state = service.runner.state
        body |= {"head": head, "read_models": _told(state, head)}
        if service.standby is not None and state.is_ready:
            body["replica"] = _told_of_replica(service.standby, head)
        reason = _unready(state, service) if has_own_master_key else _OTHER_MASTER_KEY
        if reason is not None:
            body["status"] = reason
    except (Unavailable, *AWAY):
        body["status"] = "the database is away"
    status = 200 if body["status"] == "ready" else 503
    return Response(orjson.dumps(body), status, media_type="application/json")

"""`/health`: whether the process runs, and whether it can answer requests."""

import asyncio
from math import ceil
from typing import Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.store.connections import AWAY, Trouble, Unavailable
from projections.store.progress import Phase, ReadModelState
from projections.updating.replica import ReplicaFollower
from service.http.openapi.answers import answer
from service.http.openapi.component import schema
from service.services import Service, service_of

PROBE_SECONDS_MAX: Final = 3.0
"""Probes time out after a few seconds, and must get the answer before."""

_OTHER_MASTER_KEY: Final = "the master key is not the one of the database"

router = APIRouter(prefix="/health", tags=["health"])

_STATUS: Final = {"type": "string", "description": "`ready`, or what is missing."}
_PROGRESS: Final = {
    "phase": {"type": "string"},
    "position": {"type": "integer", "minimum": 0},
    "behind": {"type": "integer", "minimum": 0},
    "events_per_second": {"type": "integer"},
    "seconds_left": {"type": "integer"},
    "trouble": {"type": "string"},
    "stopped_at": {"type": "integer", "minimum": 1},
    "type": {"type": "string"},
    "error": {"type": "string"},
}
_READ_MODELS: Final = schema(
    "ReadModels",
    {
        "description": "How far the read models are.",
        "type": "object",
        "properties": _PROGRESS,
        "required": ["phase", "position"],
    },
)
_LIVE: Final = schema(
    "Liveness",
    {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]},
)
_READY: Final = schema(
    "Readiness",
    {
        "type": "object",
        "properties": {
            "status": _STATUS,
            "head": {"type": "integer", "minimum": 0, "description": "The log's last position."},
            "read_models": _READ_MODELS,
            "replica": schema(
                "ReplicaState",
                {
                    "description": "How far the read models on the replica are.",
                    "type": "object",
                    "properties": {**_PROGRESS, "lag_seconds": {"type": "number", "minimum": 0}},
                    "required": ["phase", "position", "behind", "lag_seconds"],
                },
            ),
        },
        "required": ["status"],
    },
)


def _state_json(state: ReadModelState, head: int) -> dict[str, object]:
    """Return the read models' state, with their progress while they catch up, or the reason why they do not."""
    content: dict[str, object] = {"phase": state.phase.value, "position": state.position}
    if state.phase is Phase.CATCHING_UP:
        content["behind"] = max(0, head - state.position)
        if state.rate:
            content["events_per_second"] = round(state.rate)
            content["seconds_left"] = round((head - state.position) / state.rate)
    if state.trouble is not None:
        content["trouble"] = state.trouble
    if state.undigested is not None:
        # Leave out the error's text: it may quote the event, and this answer needs no key.
        content["stopped_at"] = state.undigested.position
        content["type"] = state.undigested.type
        content["error"] = type(state.undigested.error).__name__
    return content


def _unready(state: ReadModelState, service: Service) -> str | None:
    """Return why the read models cannot be read, or None if they can."""
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


def _replica_json(standby: ReplicaFollower, head: int) -> dict[str, object]:
    """Return the read models' state on the replica, always with `behind`."""
    content = _state_json(standby.state, head)
    content["behind"] = max(0, head - standby.position)
    # Rounded up: a lag beyond the limit is never reported as the limit itself.
    content["lag_seconds"] = ceil(standby.lag_seconds * 1000) / 1000
    return content


@router.get("/live", responses={200: answer("The process runs", _LIVE)})
async def check_live() -> Response:
    """Answer 200 while the process runs."""
    return Response(b'{"status":"ok"}', media_type="application/json")


@router.get(
    "/ready",
    responses={
        200: answer("Requests can be sent here", _READY),
        503: answer("Requests cannot be sent here at present", _READY),
    },
)
async def check_ready(request: Request) -> Response:
    """Answer 200 if requests can be sent here, else 503 with the reason.

    The service is ready once the database answers and the read models have caught up, on the replica too if there is
    one. It is not ready if the read models have stopped at an event or have been waiting for more than a moment.
    """
    service = service_of(request)
    body: dict[str, object] = {"status": "ready"}
    try:
        async with asyncio.timeout(PROBE_SECONDS_MAX):
            head = await service.log.head()
            has_own_master_key = await service.has_own_master_key()
        state = service.runner.state
        body |= {"head": head, "read_models": _state_json(state, head)}
        if service.standby is not None and state.is_ready:
            body["replica"] = _replica_json(service.standby, head)
        reason = _unready(state, service) if has_own_master_key else _OTHER_MASTER_KEY
        if reason is not None:
            body["status"] = reason
    except (Unavailable, *AWAY):
        body["status"] = "the database is away"
    status = 200 if body["status"] == "ready" else 503
    return Response(orjson.dumps(body), status, media_type="application/json")

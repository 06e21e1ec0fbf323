"""`/health`: whether the process lives, and whether it can serve."""

from dataclasses import dataclass
from typing import Any, cast

import pytest

from projections.folding.fold import Undigested
from projections.store.progress import Phase, ReadModelState
from projections.updating.runner import Runner
from tests.projections.outage import accept_connections, refuse_connections
from tests.service.app import Api, open_api


@dataclass
class RunnerIn:
    """A runner, as far as readiness asks it."""

    state: ReadModelState
    seconds_waiting: float = 0.0


async def readiness(
    api: Api, state: ReadModelState, seconds_waiting: float = 0.0
) -> tuple[int, Any]:
    """Return the answer of a service whose read models are in this state; monitoring has no key."""
    api.service.runner = cast(Runner, RunnerIn(state, seconds_waiting))
    response = await api.get("/health/ready", None)
    return response.status_code, response.json()


async def test_read_models_that_follow_are_ready(story: Api) -> None:
    status, body = await readiness(story, ReadModelState(Phase.FOLLOWING, 6, has_caught_up=True))
    assert status == 200
    assert body == {
        "status": "ready",
        "head": 6,
        "read_models": {"phase": "following", "position": 6},
    }


async def test_read_models_that_had_caught_up_are_ready_while_they_wait_a_moment(
    story: Api,
) -> None:
    state = ReadModelState(Phase.WAITING, 5, trouble="a lock", has_caught_up=True)
    status, body = await readiness(story, state, story.service.settings.ready_waiting_seconds)
    assert (status, body["status"]) == (200, "ready")
    assert body["read_models"] == {"phase": "waiting", "position": 5, "trouble": "a lock"}
    status, body = await readiness(story, state, story.service.settings.ready_waiting_seconds + 1)
    assert (status, body["status"]) == (503, "the read models have been waiting for too long")


async def test_read_models_that_stopped_are_not_ready_though_they_had_caught_up(
    story: Api,
) -> None:
    undigested = Undigested(6, "org.howcanwe.note.added.v1", ValueError())
    state = ReadModelState(Phase.STOPPED, 5, undigested=undigested, has_caught_up=True)
    status, body = await readiness(story, state)
    assert (status, body["status"]) == (503, "the read models have stopped")


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.FOLLOWING])
async def test_others_are_not(story: Api, phase: Phase) -> None:
    status, body = await readiness(story, ReadModelState(phase, 2))
    read_models = body["read_models"]
    assert (status, read_models["phase"], read_models["position"]) == (503, phase.value, 2)
    assert read_models.get("behind") == (4 if phase is Phase.CATCHING_UP else None)


async def test_catching_up_reports_its_progress(story: Api) -> None:
    _, body = await readiness(story, ReadModelState(Phase.CATCHING_UP, 2, rate=2.0))
    read_models = body["read_models"]
    assert (
        read_models["behind"],
        read_models["events_per_second"],
        read_models["seconds_left"],
    ) == (4, 2, 2)


async def test_the_event_that_stopped_them_is_named_and_not_quoted(story: Api) -> None:
    undigested = Undigested(3, "org.howcanwe.person.introduced.v1", ValueError("Ada Lovelace"))
    status, body = await readiness(story, ReadModelState(Phase.STOPPED, 2, undigested=undigested))
    read_models = body["read_models"]
    assert (status, read_models["stopped_at"], read_models["type"], read_models["error"]) == (
        503,
        3,
        "org.howcanwe.person.introduced.v1",
        "ValueError",
    )
    assert "Ada" not in str(body)


async def test_the_reason_of_a_wait_is_reported(story: Api) -> None:
    status, body = await readiness(
        story, ReadModelState(Phase.WAITING, 2, trouble="the cellar is flooded")
    )
    assert (status, body["read_models"]["trouble"]) == (503, "the cellar is flooded")


async def test_a_database_that_is_away_is_reported_and_the_process_lives(database_url: str) -> None:
    async with open_api(database_url) as api:
        await refuse_connections(database_url)
        response = await api.get("/health/ready", None)
        assert response.status_code == 503
        assert response.json() == {"status": "the database is away"}
        assert (await api.get("/health/live", None)).status_code == 200
        await accept_connections(database_url)

"""`POST /events/validate`: it gives the answer that recording would give, and records nothing."""

from typing import Any

import orjson
import pytest
from httpx import Response

from tests.events.samples import assessed, at, formed, joined, left, noted, registered, shown
from tests.service.app import Api, complete, problem


def would(recorded: Response) -> list[dict[str, Any]]:
    """Return the answer of validation about what was recorded then."""
    names = ("source", "id", "streams", "warnings")
    return [
        {name: receipt[name] for name in names}
        | {"would": "repeated" if receipt["repeated"] else "recorded"}
        for receipt in recorded.json()["receipts"]
    ]


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (registered("mill"), 200),
        (registered("mill", country="XX"), 422),
        (noted("organisation/nobody"), 422),
    ],
)
async def test_validation_reports_the_same_and_records_nothing(
    api: Api, event: dict[str, Any], status: int
) -> None:
    whole = orjson.dumps(complete(event))
    validated = await api.send(whole, to="/events/validate")
    assert validated.status_code == status
    assert await api.head() == 0
    recorded = await api.send(whole)
    if status == 200:
        assert validated.json() == {"receipts": [], "would": would(recorded)}
        assert recorded.status_code == 201
    else:
        assert problem(validated, 422) == problem(recorded, 422)


@pytest.mark.parametrize("who", ["facilitator", "mill"])
async def test_d8_validation_tells_what_recording_tells(story: Api, who: str) -> None:
    events = [
        assessed("mill", cohort="heritage", id="early", time=at(2)),
        noted("organisation/mill", organisation="mill", id="noted", time=at(2)),
    ]
    if who == "facilitator":
        events += [
            left("archive", id="left", time=at(3)),
            joined("mill", "next", id="joined", time=at(4)),
        ]
        await story.post(formed("next", time=at(1)))
    before = await story.head()
    validated = await story.post(*events, who=who, to="/events/validate")
    assert await story.head() == before
    recorded = await story.post(*events, who=who)
    assert recorded.status_code == 201
    assert validated.json() == {"receipts": [], "would": would(recorded)}
    warned = {one["id"] for one in validated.json()["would"] if one["warnings"]}
    assert warned == ({"left"} if who == "facilitator" else set())
    again = await story.post(*events, who=who, to="/events/validate")
    repeated = await story.post(*events, who=who)
    assert again.json()["would"] == would(repeated)
    assert {one["would"] for one in again.json()["would"]} == {"repeated"}


async def test_validation_knows_conflicts_and_repeats(story: Api) -> None:
    event = complete(shown("organisation/library", "public"))
    assert (await story.send(orjson.dumps(event))).status_code == 201
    same = await story.send(orjson.dumps(event), to="/events/validate")
    assert (same.status_code, same.json()["receipts"]) == (200, [])
    assert [one["would"] for one in same.json()["would"]] == ["repeated"]
    other = orjson.dumps(event | {"time": at(99)})
    problem(await story.send(other, to="/events/validate"), 409)

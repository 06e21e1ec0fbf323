"""Evaluators: what they see of their cohorts, and to whom it is shown who they are."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from service.access.oidc.claims import identity
from tests.events.samples import (
    EventJson,
    captured,
    failed,
    formed,
    joined,
    noted,
    reclassified,
    shown,
)
from tests.processes import run
from tests.service.access.oidc.issuer import Issuer, issuing
from tests.service.app import Api, faults_in, open_api, person, problem

NAMES = '{ cohort(key: "heritage") { evaluators } }'


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """An issuer on a port of this machine."""
    async with issuing() as issuer:
        yield issuer


@pytest.fixture
async def living(database_url: str, issuer: Issuer) -> AsyncIterator[Api]:
    """The API over a story with its read models, which trusts the issuer. It has no evaluators."""
    async with open_api(
        database_url, lives=True, oidc_issuer=issuer.url, oidc_leeway_seconds=0
    ) as api:
        await api.begin()
        await revoked(api, api.keys.pop("evaluator"))
        yield api


async def graph(api: Api, who: str | None, query: str) -> Any:
    """Return the data of an answer without errors, from read models that have everything."""
    headers = api.headers(who, {"min-position": str(await api.head())})
    answer = (await api.client.post("/graphql", json={"query": query}, headers=headers)).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def evaluators(api: Api, who: str | None = "mill") -> list[str] | None:
    """Return the evaluators of heritage that are shown."""
    found: list[str] | None = (await graph(api, who, NAMES))["cohort"]["evaluators"]
    return found


async def revoked(api: Api, key: str) -> None:
    """Revoke the key."""
    path = f"/keys/{key.split('_')[1]}"
    response = await api.client.delete(path, headers=api.headers("admin"))
    assert response.status_code == 204


async def made(api: Api, **grant: Any) -> str:
    """Make a key of an evaluator over HTTP."""
    body = orjson.dumps({"role": "evaluator", **grant})
    response = await api.send(body, "application/json", "admin", "/keys")
    assert response.status_code == 201, response.text
    key = str(response.json()["key"])
    api.keys[key] = key
    return key


async def test_evaluators_are_shown_as_long_as_their_keys_are_valid(living: Api) -> None:
    assert await evaluators(living) == []
    fund = await made(living, cohorts=["heritage", "next"], name="The Fund")
    again = await made(living, cohorts=["heritage"], name="The Fund")
    await made(living, cohorts=["next"], name="Somebody Else")
    plain = await made(living, cohorts=["heritage"])
    expected = ["The Fund", f"service/{plain.split('_')[1]}"]
    assert await evaluators(living) == await evaluators(living, "facilitator") == expected
    await revoked(living, plain)
    await revoked(living, again)
    assert await evaluators(living) == ["The Fund"]
    rotated = await living.client.post(
        f"/keys/{fund.split('_')[1]}/rotate", headers=living.headers("admin")
    )
    assert rotated.status_code == 200
    assert await evaluators(living) == ["The Fund"]
    await revoked(living, fund)
    assert await evaluators(living) == []


async def test_an_evaluator_is_no_longer_shown_once_the_key_has_expired(living: Api) -> None:
    until = datetime.now(UTC) + timedelta(seconds=3)
    await made(living, cohorts=["heritage"], name="The Fund", expires=until.isoformat())
    assert await evaluators(living) == ["The Fund"]
    async with asyncio.timeout(30):
        while await evaluators(living):
            await asyncio.sleep(0.05)
    assert datetime.now(UTC) >= until


async def test_an_evaluator_with_a_token_is_shown_from_its_first_use_until_it_expires(
    living: Api, issuer: Issuer
) -> None:
    until = int(time.time()) + 4
    claims: dict[str, Any] = {"howcanwe_role": "evaluator", "howcanwe_cohorts": ["heritage"]}
    named = issuer.token(**claims, howcanwe_name="The Fund", exp=until)
    assert await evaluators(living) == []
    for _ in range(2):
        assert (await living.get("/events", named)).status_code == 200
        assert await evaluators(living) == ["The Fund"]
    assert (await living.get("/events", issuer.token(sub="bo", **claims))).status_code == 200
    nameless = f"service/{identity(issuer.url, 'bo')}"
    assert nameless in (await evaluators(living) or ())
    async with asyncio.timeout(30):
        while await evaluators(living) != [nameless]:
            await asyncio.sleep(0.05)
    assert time.time() >= until


async def test_tokens_of_other_roles_are_not_stored(living: Api, issuer: Issuer) -> None:
    for role in ("facilitator", "analyst"):
        claims = {"howcanwe_role": role, "howcanwe_cohorts": ["heritage"]}
        assert (await living.get("/events", issuer.token(**claims))).status_code == 200
    assert await living.execute("select count(*) from evaluating_tokens") == 0


async def test_an_organisation_that_left_is_shown_the_evaluators_and_one_that_joins_too(
    living: Api,
) -> None:
    await made(living, cohorts=["heritage"], name="The Fund")
    assert await evaluators(living, "library") is None
    assert (await living.post(joined("library"))).status_code == 201
    assert await evaluators(living, "library") == ["The Fund"]


async def test_the_evaluators_of_several_cohorts_are_shown_each_by_what_the_viewer_may_know(
    living: Api,
) -> None:
    assert (await living.post(formed("next", time="2024-03-01T09:00:00Z"))).status_code == 201
    await made(living, cohorts=["heritage"], name="The Fund")
    await made(living, cohorts=["next"], name="The Trust")
    query = "{ cohorts { nodes { key evaluators } } }"
    found = {
        who: {
            one["key"]: one["evaluators"]
            for one in (await graph(living, who, query))["cohorts"]["nodes"]
        }
        for who in ("facilitator", "mill", "analyst")
    }
    assert found == {
        "facilitator": {"heritage": ["The Fund"], "next": ["The Trust"]},
        "mill": {"heritage": ["The Fund"], "next": None},
        "analyst": {"heritage": None, "next": None},
    }
    [plan] = living.app.state.graph.schema.documents.document(query).plans.values()
    assert plan is not None and plan.rest is None
    timeline = '{ cohort(key: "heritage") { timeline { nodes { ... on CohortFormed { cohort { evaluators } } } } } }'
    entries = (await graph(living, "mill", timeline))["cohort"]["timeline"]["nodes"]
    assert {"cohort": {"evaluators": ["The Fund"]}} in entries


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("The Fund", True),
        ("é" * 200, True),
        ("x" * 201, False),
        (" \u200b", False),
        ("a\nb", False),
    ],
)
async def test_a_name_is_one_line_that_can_be_seen(api: Api, name: str, good: bool) -> None:
    grant = orjson.dumps({"role": "evaluator", "cohorts": ["heritage"], "name": name})
    response = await api.send(grant, "application/json", "admin", "/keys")
    if not good:
        assert faults_in(problem(response, 422)) == [(None, "grant", "")]
        return
    keys = {key["id"]: key for key in (await api.get("/keys", "admin")).json()["keys"]}
    assert keys[response.json()["id"]]["name"] == name
    stored = await api.execute(
        "select name from grants where key_id = $1 and what = 'created'", response.json()["id"]
    )
    assert stored == name


def test_the_command_makes_a_key_with_a_name(database_url: str, tmp_path: Any) -> None:
    place = ("--database-url", database_url, "--data", tmp_path)
    options = ("--role", "evaluator", "--cohort", "a-2025", "--cohort", "b-2026")
    assert run("keys", "create", *options, "--name", "The Fund", *place).returncode == 0
    (key,) = map(orjson.loads, run("keys", "list", *place).stdout.splitlines())
    assert (key["role"], key["cohorts"], key["name"]) == (
        "evaluator",
        ["a-2025", "b-2026"],
        "The Fund",
    )


IN = {"cohort": "heritage"}
SEEN = """{
    failures { nodes { key } totalCount }
    learnings { nodes { key } }
    persons { nodes { key } }
    search(text: "zeppelin", first: 10) { nodes { subject { key } } }
    cohort(key: "heritage") { failures { nodes { key } totalCount } }
    insights(filter: {cohorts: ["heritage"]}) { partial openness { n items } failureMix { n } }
    everything: insights { openness { n } }
}"""


async def what_it_sees(api: Api, who: str) -> dict[str, Any]:
    """Return what GraphQL shows, in short."""
    data = await graph(api, who, SEEN)
    return {
        "failures": [one["key"] for one in data["failures"]["nodes"]],
        "counts": (data["failures"]["totalCount"], data["cohort"]["failures"]["totalCount"]),
        "learnings": [one["key"] for one in data["learnings"]["nodes"]],
        "persons": len(data["persons"]["nodes"]),
        "found": sorted({one["subject"]["key"] for one in data["search"]["nodes"]}),
        "partial": data["insights"]["partial"],
        "openness": sorted(data["insights"]["openness"]["items"]),
        "failureMix": data["insights"]["failureMix"]["n"],
        "everything": data["everything"]["openness"],
    }


async def test_an_evaluator_sees_its_cohort_but_persons_deviances_and_what_is_outside(
    living: Api,
) -> None:
    def failure(key: str, level: str, cause: str, **more: str) -> EventJson:
        return failed(failure=key, visibility=level, failure_cause=cause, why="A zeppelin.", **more)

    for event in (
        person(),
        failure("private", "private", "uncertainty", **IN),
        failure("paired", "pair", "uncertainty", **IN),
        failure("deviant", "private", "deviance", **IN),
        failure("outside", "cohort", "uncertainty"),
        failure("published", "public", "uncertainty"),
        captured("inside", **IN, visibility="private"),
        noted("failure/private", text="A zeppelin of a note."),
    ):
        response = await living.post(event)
        assert response.status_code == 201, response.text
    fund = await made(living, cohorts=["heritage"])
    expected = {
        "failures": ["private", "paired", "published"],
        "counts": (3, 2),
        "learnings": ["inside"],
        "persons": 0,
        "found": ["paired", "private", "published"],
        "partial": True,
        "openness": ["failure/paired", "failure/private", "learning/inside"],
        "failureMix": 2,
        "everything": None,
    }
    assert await what_it_sees(living, fund) == expected
    other = await made(living, cohorts=["next"])
    data = await graph(living, other, SEEN.replace("openness { n items }", "openness { n }"))
    assert [one["key"] for one in data["failures"]["nodes"]] == ["published"]
    assert data["insights"]["openness"] is None
    # A failure is hidden while its cause is deviance, and its row follows.
    change = reclassified("private", failure_cause="deviance")
    assert (await living.post(change)).status_code == 201
    assert (await what_it_sees(living, fund))["failures"] == ["paired", "published"]
    assert (await what_it_sees(living, fund))["found"] == ["paired", "published"]
    back = reclassified("deviant", failure_cause="uncertainty")
    again = reclassified("private", failure_cause="uncertainty")
    assert (await living.post(back, again)).status_code == 201
    now = await what_it_sees(living, fund)
    assert now["failures"] == ["private", "paired", "deviant", "published"]
    assert (now["partial"], now["failureMix"]) == (False, 3)
    assert (await living.post(shown("failure/published", "cohort"))).status_code == 201
    assert (await what_it_sees(living, fund))["failures"] == ["private", "paired", "deviant"]


async def test_an_evaluator_records_nothing_and_keeps_what_is_under_its_own_key(
    living: Api,
) -> None:
    fund = await made(living, cohorts=["heritage"])
    for event in (
        noted("cohort/heritage"),
        formed("heritage2"),
        shown("cohort/heritage", "public"),
    ):
        response = await living.post(event, who=fund)
        assert [rule for _, rule, _ in faults_in(problem(response, 403))] == ["sender.not_allowed"]
    kept = await living.post(noted("cohort/heritage"), who=fund, prefer="handling=lenient")
    assert kept.status_code == 403
    listed = (await living.get("/quarantine", fund)).json()
    assert len(listed["entries"] if "entries" in listed else next(iter(listed.values()))) == 1
    (line, *_) = await living.lines(fund, "?limit=1")
    head = orjson.dumps({"position": 0, "hash": "0" * 64})
    put = await living.client.put(
        "/consumers/nightly",
        content=head,
        headers=living.headers(fund, {"content-type": "application/json"}),
    )
    assert put.status_code in (200, 201), put.text
    assert line["position"] == 1
    problem(await living.get("/keys", fund), 403)

"""Keys that facilitators make, list and end: of organisations that were ever in a cohort, and only in theirs."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from events.access.principal import Role
from service.access.keys import Keys
from service.errors import KeyRefused
from tests.events.samples import formed, joined, left, noted, registered, voided
from tests.service.app import Api, faults_in, problem
from tests.service.http.resources.test_live import live
from tests.service.serving import serving

IN_TIME_SECONDS = 20
ORGANISATION = {"role": "organisation"}


async def made(api: Api, who: str | None, **grant: Any) -> httpx.Response:
    return await api.send(orjson.dumps(grant), "application/json", who, "/keys")


async def a_key(api: Api, who: str, organisation: str = "mill") -> str:
    """Make a key of an organisation with another key, and return it."""
    response = await made(api, who, **ORGANISATION, organisation=organisation)
    assert response.status_code == 201, response.text
    key: str = response.json()["key"]
    api.keys[key] = key
    return key


def id_of(key: str) -> str:
    return key.split("_")[1]


async def ended(api: Api, who: str, key: str) -> httpx.Response:
    return await api.client.delete(f"/keys/{id_of(key)}", headers=api.headers(who))


async def listed(api: Api, who: str) -> dict[str, dict[str, Any]]:
    """Return the keys that a viewer is shown, by their ids."""
    return {key["id"]: key for key in (await api.get("/keys", who)).json()["keys"]}


@pytest.fixture
async def heritage(story: Api) -> str:
    """A facilitator's key of the cohort heritage, with mill and archive in it; beside it there is another cohort."""
    assert (await story.post(formed("next"))).status_code == 201
    return await story.key(Role.FACILITATOR, cohorts=("heritage",))


async def test_a_facilitator_makes_lists_and_ends_keys_of_their_organisations(
    story: Api, heritage: str
) -> None:
    key = await a_key(story, heritage)
    assert (await story.post(noted("organisation/mill", organisation="mill"), who=key)).is_success
    entry = (await listed(story, heritage))[id_of(key)]
    assert (entry["role"], entry["organisation"]) == ("organisation", "mill")
    assert entry["granted_by"] == id_of(heritage)
    assert (await ended(story, heritage, key)).status_code == 204
    problem(await story.get("/quarantine", key), 401)
    assert (await listed(story, heritage))[id_of(key)]["revoked"] is not None


async def test_a_facilitator_of_everything_does_so_for_everyone_who_was_ever_in_a_cohort(
    story: Api,
) -> None:
    assert (await story.get("/quarantine", await a_key(story, "facilitator"))).is_success
    problem(await made(story, "facilitator", **ORGANISATION, organisation="library"), 403)


async def test_a_facilitator_makes_no_keys_of_others_nor_for_more(
    story: Api, heritage: str
) -> None:
    assert (await story.post(joined("archive", "next"))).status_code == 201
    for grant in (
        {**ORGANISATION, "organisation": "library"},
        {**ORGANISATION, "organisation": "archive"},
        {"role": "facilitator", "cohorts": ["heritage"]},
        {"role": "facilitator", "cohorts": ["*"]},
        {"role": "evaluator", "cohorts": ["next"]},
        {"role": "evaluator", "cohorts": ["heritage", "next"]},
        {"role": "analyst"},
        {"role": "admin"},
        # A prefix is kept from everybody else.
        {**ORGANISATION, "organisation": "mill", "sources": ["urn:"]},
        {**ORGANISATION, "organisation": "mill", "cohorts": ["next"]},
    ):
        refused = await made(story, heritage, **grant)
        assert faults_in(problem(refused, 403)) == [(None, "sender.not_allowed", "")]
    unknown = await made(story, heritage, **ORGANISATION, organisation="nobody")
    assert faults_in(problem(unknown, 422)) == [(None, "subject.unknown", "/organisation")]


async def test_a_facilitator_makes_lists_and_ends_keys_of_evaluators_of_their_cohorts(
    story: Api, heritage: str
) -> None:
    response = await made(story, heritage, role="evaluator", cohorts=["heritage"], name="Grace")
    key = response.json()["key"]
    assert (await listed(story, heritage))[id_of(key)]["granted_by"] == id_of(heritage)
    both = await story.key(Role.EVALUATOR, cohorts=("heritage", "next"))
    assert id_of(both) not in await listed(story, heritage)
    problem(await ended(story, heritage, both), 404)
    assert (await ended(story, heritage, key)).status_code == 204
    problem(await story.get("/quarantine", key), 401)


async def test_nobody_makes_a_key_of_a_guest(story: Api, heritage: str) -> None:
    guest = {"role": "guest", "organisation": "mill", "cohorts": ["heritage"]}
    for who in (heritage, "facilitator", "admin"):
        for more in ({}, {"expires": "2999-01-01T00:00:00Z"}):
            refused = problem(await made(story, who, **guest, **more), 422)
            assert refused[0]["detail"].startswith("a key with the role guest is made only by")
        problem(await made(story, who, **guest, invitation="workshop"), 422)


async def test_a_facilitator_lists_and_ends_keys_of_guests_of_their_cohorts(
    story: Api, heritage: str
) -> None:
    guest, elsewhere = story.keys["guest"], await story.guest("mill", "next")
    assert id_of(guest) in await listed(story, heritage)
    assert id_of(elsewhere) not in await listed(story, heritage)
    problem(await ended(story, heritage, elsewhere), 404)
    assert (await ended(story, heritage, guest)).status_code == 204
    problem(await story.get("/quarantine", guest), 401)


async def test_a_facilitator_neither_sees_nor_ends_other_keys(story: Api, heritage: str) -> None:
    others = ("facilitator", "analyst", "admin", "library", heritage)
    keys = await listed(story, heritage)
    assert {key["organisation"] for key in keys.values()} == {"mill", "archive", None}
    assert {key["role"] for key in keys.values()} == {"organisation", "guest", "evaluator"}
    for name in others:
        id_ = id_of(story.keys[name])
        assert id_ not in keys
        refused = await ended(story, heritage, story.keys[name])
        unknown = await ended(story, heritage, "hcw_0000000000000000_")
        assert problem(refused, 404) == problem(unknown, 404)
        assert (await story.get("/quarantine", name)).status_code == 200
    rotated = await story.client.post(
        f"/keys/{id_of(story.keys['mill'])}/rotate", headers=story.headers(heritage)
    )
    assert faults_in(problem(rotated, 403)) == [(None, "sender.not_allowed", "")]
    # What an admin made of their organisations is theirs to end.
    assert (await ended(story, heritage, story.keys["mill"])).status_code == 204


async def test_a_key_ends_when_its_organisation_joins_a_cohort_of_others(
    story: Api, heritage: str
) -> None:
    theirs, of_all = await a_key(story, heritage), await a_key(story, "facilitator")
    both = await story.key(Role.FACILITATOR, cohorts=("heritage", "next"))
    of_both = await a_key(story, both)
    assert (await story.post(left("mill"))).status_code == 201
    assert (await story.get("/quarantine", theirs)).status_code == 200
    joining = (await story.post(joined("mill", "next"))).json()["receipts"][0]["position"]
    problem(await story.get("/quarantine", theirs), 401)
    for permitted in (of_all, of_both, "mill"):
        assert (await story.get("/quarantine", permitted)).status_code == 200
    problem(await made(story, heritage, **ORGANISATION, organisation="mill"), 403)
    assert id_of(theirs) not in await listed(story, heritage)
    assert (await listed(story, "admin"))[id_of(theirs)]["revoked"] is not None
    # What has ended stays so, though the joining is voided.
    assert (await story.post(voided(joining))).status_code == 201
    problem(await story.get("/quarantine", theirs), 401)
    assert (await story.get("/quarantine", await a_key(story, heritage))).status_code == 200


async def test_a_key_that_nobody_used_has_ended_where_keys_are_listed(
    story: Api, heritage: str
) -> None:
    key = await a_key(story, heritage)
    assert (await listed(story, "admin"))[id_of(key)]["revoked"] is None
    assert (await story.post(joined("mill", "next"))).status_code == 201
    assert (await listed(story, "admin"))[id_of(key)]["revoked"] is not None


async def test_a_key_that_is_remembered_ends_with_its_next_use(story: Api, heritage: str) -> None:
    key = await a_key(story, heritage)
    async with story.pool() as pool:
        keys = Keys(pool, story.service.log.memberships, cache_seconds=600)
        assert (await keys.sender(key)).organisation == "mill"
        assert (await story.post(joined("mill", "next"))).status_code == 201
        with pytest.raises(KeyRefused):
            await keys.sender(key)


async def test_what_such_a_key_has_open_ends_with_it(database_url: str) -> None:
    async with serving(database_url, key_cache_seconds=0.1) as served:
        api = served.api
        await api.begin()
        assert (await api.post(formed("next"))).status_code == 201
        heritage = await api.key(Role.FACILITATOR, cohorts=("heritage",))
        key = await a_key(api, heritage)
        async with live(served, who=key) as stream, live(served, who="mill") as other:
            await stream.until_caught_up()
            await other.until_caught_up()
            assert (await api.post(joined("mill", "next", visibility="public"))).is_success
            async with asyncio.timeout(IN_TIME_SECONDS):
                while await stream.block() is not None:
                    pass
            # Nobody else's ends.
            assert await other.block() is not None


async def test_a_key_of_an_organisation_that_does_not_exist_yet_comes_with_a_warning(
    story: Api,
) -> None:
    known = await made(story, "admin", **ORGANISATION, organisation="mill")
    assert known.json()["warnings"] == []
    early = await made(story, "admin", **ORGANISATION, organisation="bakery")
    assert early.status_code == 201
    [warning] = early.json()["warnings"]
    assert warning["rule"] == "organisation.unknown"
    assert "bakery" in warning["detail"]
    story.keys["bakery"] = early.json()["key"]
    for cohorts, unknown in ((["heritage"], []), (["heritage", "nosuch"], ["cohort.unknown"])):
        evaluator = await made(story, "admin", role="evaluator", cohorts=cohorts)
        assert [one["rule"] for one in evaluator.json()["warnings"]] == unknown
    assert (await story.post(registered("bakery"))).status_code == 201
    assert (await story.get("/quarantine", "bakery")).status_code == 200

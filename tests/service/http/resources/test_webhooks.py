"""`/webhooks`: created, shown, changed, rotated, replayed, tried and removed, each by the key that it belongs to."""

from typing import Any

import httpx
import pytest
import standardwebhooks

from service.webhooks.webhook import SECRETS_MAX
from tests.events.samples import asked
from tests.service.access.oidc.issuer import issuing
from tests.service.app import Api, faults_in, open_api, problem
from tests.service.webhooks.delivering import deliverer, hooked, reached, running
from tests.service.webhooks.receiver import OK, receiving, status

URL = "https://receiver.example/in"
NOBODYS = "/webhooks/0000000000000000"


async def call(
    api: Api, method: str, path: str, body: Any = None, who: str | None = "facilitator"
) -> httpx.Response:
    return await api.client.request(method, path, json=body, headers=api.headers(who))


async def made(api: Api, who: str = "facilitator", **given: Any) -> dict[str, Any]:
    response = await call(api, "POST", "/webhooks", {"url": URL, **given}, who)
    assert response.status_code == 201, response.text
    webhook: dict[str, Any] = response.json()
    return webhook


async def test_a_webhook_is_created_and_its_secret_is_shown_once(story: Api) -> None:
    response = await call(story, "POST", "/webhooks", {"url": URL, "types": ["note.added"]})
    assert response.status_code == 201
    assert response.headers["cache-control"] == "no-store"
    webhook = response.json()
    secret = webhook.pop("secret")
    assert secret.startswith("whsec_")
    assert response.headers["location"] == f"/webhooks/{webhook['id']}"
    assert (await story.get(f"/webhooks/{webhook['id']}")).json() == webhook
    listed = await story.get("/webhooks")
    assert listed.json() == {"webhooks": [webhook]}
    assert secret not in listed.text
    assert (webhook["state"], webhook["position"], webhook["url"]) == ("active", 6, URL)
    assert (webhook["types"], webhook["streams"], webhook["cohorts"]) == (["note.added"], [], [])
    assert webhook["key"] == story.keys["facilitator"].split("_")[1]


async def test_neither_address_nor_secret_can_be_read_in_the_database(story: Api) -> None:
    webhook = await made(story)
    row = await story.execute("select w::text from webhooks w where id = $1", webhook["id"])
    for hidden in ("receiver.example", webhook["secret"], webhook["secret"].removeprefix("whsec_")):
        assert hidden not in row and hidden.encode().hex() not in row


async def test_all_faults_come_at_once(story: Api) -> None:
    body = {
        "url": "http://example.org/in",
        "types": ["note.added", "note.lost"],
        "streams": ["organisation/mill", "mill"],
        "cohorts": ["a key with blanks"],
        "format": "teams",
        "after": 7,
        "type": ["note.added"],
    }
    errors = problem(await call(story, "POST", "/webhooks", body), 422)
    assert sorted(faults_in(errors), key=str) == sorted(
        [
            (None, "field", pointer)
            for pointer in (
                *("/url", "/types/1", "/streams/1", "/cohorts/0", "/format", "/after", "/type"),
            )
        ],
        key=str,
    )
    details = {error["pointer"]: error["detail"] for error in errors}
    assert "https://" in details["/url"]
    assert "which ends at 6" in details["/after"]
    assert "types" in details["/type"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": "https://127.0.0.1/in"}, "/url"),
        ({"url": "https://[::ffff:10.0.0.1]/in"}, "/url"),
        ({"url": "https://user:password@example.org/"}, "/url"),
        ({"url": 5}, "/url"),
        ({"url": URL, "after": -1}, "/after"),
        ({"url": URL, "after": True}, "/after"),
        ({"url": URL, "types": "note.added"}, "/types"),
        ({"url": URL, "types": ["note.added"] * 101}, "/types"),
        ([], ""),
    ],
    ids=str,
)
async def test_what_cannot_be_delivered_is_refused(story: Api, body: Any, pointer: str) -> None:
    errors = problem(await call(story, "POST", "/webhooks", body), 422)
    assert [error["pointer"] for error in errors] == [pointer]
    assert (await story.get("/webhooks")).json() == {"webhooks": []}


async def test_a_key_has_only_its_own_webhooks(story: Api) -> None:
    webhook = await made(story, "mill")
    path = f"/webhooks/{webhook['id']}"
    for who in ("archive", "facilitator", "admin"):
        assert (await story.get("/webhooks", who)).json() == {"webhooks": []}
        for method, suffix, body in (
            *(("GET", "", None), ("PATCH", "", {"types": []}), ("DELETE", "", None)),
            *(("POST", "/replay", {}), ("POST", "/rotate", None), ("POST", "/test", None)),
        ):
            theirs = problem(await call(story, method, path + suffix, body, who), 404)
            nobodys = problem(await call(story, method, NOBODYS + suffix, body, who), 404)
            assert theirs == nobodys
    assert (await story.get(path, "mill")).status_code == 200
    problem(await story.get("/webhooks", None), 401)
    problem(await story.get("/webhooks", "guest"), 403)


async def test_a_token_cannot_have_webhooks(database_url: str) -> None:
    async with issuing() as issuer, open_api(database_url, oidc_issuer=issuer.url) as api:
        [error] = problem(await call(api, "GET", "/webhooks", None, issuer.token()), 403)
    assert "not a token" in error["detail"]


async def test_a_webhook_is_changed_in_part(story: Api) -> None:
    webhook = await made(story, types=["note.added"], streams=["organisation/mill"])
    path = f"/webhooks/{webhook['id']}"
    changed = await call(story, "PATCH", path, {"types": [], "format": "slack"})
    assert changed.status_code == 200
    found = changed.json()
    assert (found["types"], found["streams"], found["format"], found["url"]) == (
        [],
        ["organisation/mill"],
        "slack",
        URL,
    )
    assert found == (await story.get(path)).json()
    errors = problem(await call(story, "PATCH", path, {"url": "ftp://x/", "after": 0}), 422)
    assert {error["pointer"] for error in errors} == {"/url", "/after"}


async def test_a_removed_webhook_is_gone(story: Api) -> None:
    webhook = await made(story)
    path = f"/webhooks/{webhook['id']}"
    assert (await call(story, "DELETE", path)).status_code == 204
    problem(await call(story, "DELETE", path), 404)
    problem(await story.get(path), 404)


async def test_a_key_may_have_only_so_many_webhooks(database_url: str) -> None:
    async with open_api(database_url, webhooks_max=2) as api:
        await made(api)
        await made(api)
        [error] = problem(await call(api, "POST", "/webhooks", {"url": URL}), 422)
        assert error["rule"] == "webhooks.too_many"
        await made(api, "mill")


async def test_a_revoked_key_takes_its_webhooks_along(story: Api) -> None:
    await made(story, "mill")
    id_ = story.keys["mill"].split("_")[1]
    await call(story, "DELETE", f"/keys/{id_}", who="admin")
    assert await story.execute("select count(*) from webhooks") == 0


async def test_a_replay_delivers_again_from_a_position(database_url: str) -> None:
    async with open_api(database_url, webhooks_allow_private=True) as api, receiving() as receiver:
        await api.begin()
        webhook = await hooked(api, receiver, after=0)
        async with running(deliverer(api.service)):
            await reached(api, webhook, 6)
            path = f"/webhooks/{webhook['id']}/replay"
            assert (await call(api, "POST", path, {"after": 4})).json()["position"] == 4
            await receiver.has_received(8)
            errors = problem(await call(api, "POST", path, {"after": 7}), 422)
            assert errors[0]["pointer"] == "/after"
        assert receiver.positions == [1, 2, 3, 4, 5, 6, 5, 6]
        ids = [one.headers["webhook-id"] for one in receiver.received]
        assert ids[4:6] == ids[6:8]


async def test_no_more_secrets_overlap_than_fit_a_header(database_url: str) -> None:
    async with (
        open_api(database_url, webhooks_allow_private=True) as story,
        receiving() as receiver,
    ):
        webhook = await hooked(story, receiver)
        path, newest = f"/webhooks/{webhook['id']}", ""
        for _ in range(2 * SECRETS_MAX):
            newest = (await call(story, "POST", f"{path}/rotate")).json()["secret"]
        await call(story, "POST", f"{path}/test")
        received = receiver.received[-1]
        standardwebhooks.Webhook(newest).verify(received.body, received.headers)
        assert len(received.headers["webhook-signature"].split()) == SECRETS_MAX


async def test_after_a_rotation_both_secrets_sign_until_the_overlap_ends(
    database_url: str,
) -> None:
    async with open_api(database_url, webhooks_allow_private=True) as api, receiving() as receiver:
        webhook = await hooked(api, receiver)
        path = f"/webhooks/{webhook['id']}"
        secrets = [webhook["secret"]]
        secrets += [(await call(api, "POST", f"{path}/rotate")).json()["secret"] for _ in range(2)]
        await call(api, "POST", f"{path}/test")
        received = receiver.received[-1]
        for secret in secrets:
            standardwebhooks.Webhook(secret).verify(received.body, received.headers)
    async with (
        open_api(database_url, webhooks_allow_private=True, webhooks_overlap_hours=0) as api,
        receiving() as receiver,
    ):
        webhook = await hooked(api, receiver)
        path = f"/webhooks/{webhook['id']}"
        rotated = (await call(api, "POST", f"{path}/rotate")).json()
        await call(api, "POST", f"{path}/test")
        received = receiver.received[-1]
        assert received.is_signed_with(rotated["secret"])
        assert not received.is_signed_with(webhook["secret"])


@pytest.mark.parametrize("format", ["cloudevents", "slack"])
async def test_a_webhook_is_tried(database_url: str, format: str) -> None:
    answers = iter([OK, status(500), b""])
    async with (
        open_api(database_url, webhooks_allow_private=True) as api,
        receiving(lambda received: next(answers)) as receiver,
    ):
        webhook = await hooked(api, receiver, format=format)
        path = f"/webhooks/{webhook['id']}/test"
        outcomes = [(await call(api, "POST", path)).json() for _ in range(3)]
        (received, *_) = receiver.received
        standardwebhooks.Webhook(webhook["secret"]).verify(received.body, received.headers)
        if format == "slack":
            assert "tries" in received.json["text"]
        else:
            assert received.json["type"] == "org.howcanwe.webhook.test"
        assert (await api.get(f"/webhooks/{webhook['id']}")).json()["last_attempt"] is None
    assert outcomes == [
        {"status": 204, "trouble": None},
        {"status": 500, "trouble": None},
        {"status": None, "trouble": "connection"},
    ]


async def test_a_sample_has_the_latest_events_that_the_key_may_see(story: Api) -> None:
    await story.record(
        [
            asked("hidden", "mill", cohort="heritage", visibility="private"),
            *(asked(f"ask-{number}", "mill", cohort="heritage") for number in range(3)),
        ]
    )

    async def sample(query: str, who: str) -> list[int]:
        response = await story.get(f"/webhooks/sample{query}", who)
        assert response.status_code == 200
        return [event["position"] for event in response.json()]

    assert await sample("", "archive") == [10, 9, 8]
    assert await sample("?types=help.asked&types=cohort.formed", "archive") == [10, 9, 8]
    assert await sample("?streams=ask/hidden", "mill") == [7]
    assert await sample("?streams=ask/hidden", "archive") == []
    assert await sample("?cohorts=other", "facilitator") == []
    assert await sample("?types=organisation.joined", "library") == [6, 5]
    (event, *_) = (await story.get("/webhooks/sample", "mill")).json()
    assert event in await story.lines("mill")
    for query in ("?types=note.lost", "?streams=mill", "?type=note.added"):
        problem(await story.get(f"/webhooks/sample{query}"), 400)

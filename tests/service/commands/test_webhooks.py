"""`howcanwe webhooks` as operators call it."""

import asyncio
from functools import partial

import orjson
import pytest

from tests.processes import run, stderr_of
from tests.service.webhooks.receiver import receiving, status

URL = "https://receiver.example/in"


def key_id(place: list[str], *options: str) -> str:
    done = run("keys", "create", *(options or ("--role", "analyst")), *place)
    return done.stdout.decode().split("_")[1]


def test_a_webhook_is_created_listed_rotated_replayed_and_removed(place: list[str]) -> None:
    id_ = key_id(place)
    options = ("--type", "note.added", "--cohort", "heritage", "--format", "slack", "--after", "0")
    done = run("webhooks", "create", id_, URL, *options, *place)
    assert (done.returncode, stderr_of(done)) == (0, "")
    created = orjson.loads(done.stdout)
    secret = created.pop("secret")
    assert secret.startswith("whsec_")
    assert (created["key"], created["types"], created["cohorts"], created["format"]) == (
        id_,
        ["note.added"],
        ["heritage"],
        "slack",
    )
    listed = run("webhooks", "list", *place)
    assert orjson.loads(listed.stdout) == created
    rotated = run("webhooks", "rotate", created["id"], *place).stdout.decode().strip()
    assert rotated.startswith("whsec_") and rotated != secret
    assert run("webhooks", "replay", created["id"], "--after", "0", *place).returncode == 0
    assert run("webhooks", "remove", created["id"], *place).returncode == 0
    assert run("webhooks", "list", *place).stdout == b""


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["remove", "0" * 16], "there is no webhook with this id"),
        (["rotate", "0" * 16], "there is no webhook with this id"),
        (["replay", "0" * 16], "there is no webhook with this id"),
        (["replay", "0" * 16, "--after", "5"], "which ends at 0"),
        (["test", "0" * 16], "there is no webhook with this id"),
        (["create", "0" * 16, URL], "there is no key with this id"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value[:12],
)
def test_what_is_not_there_is_one_sentence(
    place: list[str], arguments: list[str], word: str
) -> None:
    done = run("webhooks", *arguments, *place)
    assert (done.returncode, done.stdout) == (1, b"")
    assert word in stderr_of(done) and stderr_of(done).count("\n") == 1


def test_all_faults_of_a_webhook_are_one_sentence(place: list[str]) -> None:
    options = ("--type", "note.lost", "--stream", "mill", "--after", "9")
    done = run("webhooks", "create", key_id(place), "http://127.0.0.1/", *options, *place)
    assert done.returncode == 1
    for word in ("url: ", "https://", "types/0: ", "streams/0: ", "after: ", "ends at 0"):
        assert word in stderr_of(done)


async def test_a_webhook_is_tried_and_says_what_the_receiver_answered(place: list[str]) -> None:
    allowed = {"HOWCANWE_WEBHOOKS_ALLOW_PRIVATE": "true"}

    async def called(
        *arguments: str, settings: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        call = partial(run, "webhooks", *arguments, *place, settings=settings)
        done = await asyncio.to_thread(call)
        return done.returncode, done.stdout.decode(), stderr_of(done)

    async with receiving() as receiver:
        id_ = await asyncio.to_thread(key_id, place)
        _, created, _ = await called("create", id_, receiver.url, settings=allowed)
        webhook = orjson.loads(created)["id"]
        assert await called("test", webhook, settings=allowed) == (0, "204\n", "")
        receiver.answer = lambda received: status(500)
        assert await called("test", webhook, settings=allowed) == (1, "500\n", "")
        refused = (1, "", "howcanwe: there was no answer: address\n")
        assert await called("test", webhook) == refused


def test_a_new_master_key_opens_the_webhooks_that_there_are(
    place: list[str],
) -> None:
    created = orjson.loads(run("webhooks", "create", key_id(place), URL, *place).stdout)
    assert run("person", "rewrap", *place).returncode == 0
    listed = orjson.loads(run("webhooks", "list", *place).stdout)
    assert (listed["id"], listed["url"]) == (created["id"], URL)

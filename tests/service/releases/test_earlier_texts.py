"""Texts that release 0.1.0 took and later ones refuse: its log is verified, restored and read like any other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from events.integrity.verify import Verifier, Whole
from events.lines.chain import line_hash
from events.log import EventLog
from projections.folding.step import linked
from projections.insights.index.index import Index
from projections.updating.runner import Runner
from tests.processes import run
from tests.projections.updating.test_digest import in_memory, rebuilt
from tests.releases import RELEASES, master_key, restored_tables
from tests.service.graphql.client import Asker
from tests.service.replay.test_export import done

WHOLE: Final = RELEASES / "0.1.0" / "whole"
TWICE: Final = 448
"""The position of a learning with a theme in two forms of Unicode."""


@pytest.fixture
async def old(server_url: str) -> AsyncIterator[EventLog]:
    """The log as release 0.1.0 left it."""
    async with (
        restored_tables(server_url, WHOLE) as url,
        await EventLog.open(url, master_key=master_key(WHOLE)) as log,
    ):
        yield log


async def test_the_log_of_an_earlier_release_is_verified(old: EventLog) -> None:
    texts = [event.content["data"].get("text") async for event in old.read()]
    assert {"How can we…?", "How can we ?", "How can we??"} < set(texts)
    assert isinstance(await Verifier(old).run(), Whole)


async def test_it_is_kept_as_its_release_signed_it(old: EventLog, tmp_path: Path) -> None:
    checkpoint = ("--checkpoint", WHOLE / "checkpoint.json", "--data", tmp_path)
    for log in (("--database-url", old.url), (WHOLE / "log.ndjson",)):
        ran = await asyncio.to_thread(run, "verify", *log, *checkpoint)
        assert ran.returncode == 0, ran.stderr
        assert b"1 checkpoint matches\n" in ran.stderr


async def test_its_digests_agree(old: EventLog) -> None:
    async with Runner(old) as live:
        await live.catch_up()
        _, digest = await live.digest()
    assert {await in_memory(old), await rebuilt(old, 7), await rebuilt(old, 1_000)} == {digest}


async def test_a_theme_listed_twice_counts_once(old: EventLog) -> None:
    steps = linked([event async for event in old.read()], old.catalogue)
    [step] = [step for step in steps if step.position == TWICE]
    plain, one, same = step.data["themes"]
    assert (plain, one, same) == ("young  people", "caf\u00e9 culture", "cafe\u0301 culture")
    index = Index()
    for step in steps:
        index.take(step.event)
    learning = index.entry(TWICE).first  # type: ignore[union-attr]  # It is there.
    assert [thing for thing in index.themed[one] if thing is learning] == [learning]

    query = """query($where: LearningFilter) { learnings(first: 9, where: $where) { filteredCount
      nodes { position themes } } }"""
    async with Runner(old) as runner:
        asker = Asker(old, runner)
        async with asker.http:
            for theme in (one, same):
                data = await asker.ask(query, where={"themes": [theme]})
                found = [node for node in data["learnings"]["nodes"] if node["position"] == TWICE]
                # As it was sent.
                assert [node["themes"] for node in found] == [[plain, one, same]]


def model() -> dict[str, Any]:
    """Return the event after which others are modelled: a learning."""
    lines = (WHOLE / "log.ndjson").read_bytes().splitlines()
    return next(event for event in map(orjson.loads, lines) if event["position"] == TWICE)


def own() -> dict[str, Any]:
    return {name: model()["data"][name] for name in ("organisation", "cohort")}


def planned(**more: str) -> dict[str, Any]:
    plan = {"title": "t", "hypothesis": "h", "action": "a", "criterion": "10"}
    return own() | {"question": "odd-q"} | plan | more


def failed_intelligently(iteration: str) -> dict[str, Any]:
    report = {"intended": "i", "actual": "a", "why": "w", "for_whom": ["staff"]}
    classes = {"failure_type": "intelligent", "degree": "tolerable_failure"}
    return own() | {"iteration": iteration} | report | classes


def continued(*more: tuple[str, dict[str, Any]]) -> list[bytes]:
    """Return the lines of the whole log and, as its release would have written them, these events of new subjects."""
    lines = (WHOLE / "log.ndjson").read_bytes().splitlines()
    for number, (name, data) in enumerate(more):
        key, kind = f"unseen-{number}", name.partition(".")[0]
        type_ = f"org.howcanwe.{name}.v1"
        event = model() | {
            "id": key,
            "type": type_,
            "subject": f"{kind}/{key}",
            "dataschema": f"urn:howcanwe:event-type:{type_}",
            "position": len(lines) + 1,
            "recordedtime": orjson.loads(lines[-1])["recordedtime"],
            "previoushash": line_hash(lines[-1]),
            "data": {**data, kind: key},
        }
        lines.append(orjson.dumps(event))
    return lines


async def test_what_an_earlier_release_took_is_restored_and_verified(
    empty_database_url: str, tmp_path: Path
) -> None:
    data = model()["data"]
    lines = continued(
        ("learning.captured", data | {"statement": "\u200b"}),
        ("learning.captured", data | {"themes": ["\ufeff"]}),
        ("learning.captured", data | {"themes": ["a", "a\u200b"]}),
        ("iteration.planned", planned(measure="\u200b")),
        ("failure.recorded", failed_intelligently("unseen-3")),
    )
    out = tmp_path / "log.ndjson"
    out.write_bytes(b"\n".join(lines) + b"\n")
    await done("restore", out, "--database-url", empty_database_url)
    verified = await done("verify", "--database-url", empty_database_url)
    assert verified.startswith(f"{len(lines)} ".encode())
    async with await EventLog.open(empty_database_url) as log:
        assert await in_memory(log) == await rebuilt(log, 1_000)


async def test_what_it_refused_does_not_hold(empty_database_url: str, tmp_path: Path) -> None:
    lines = continued(
        ("iteration.planned", planned()),
        ("failure.recorded", failed_intelligently("unseen-0")),
    )
    out = tmp_path / "log.ndjson"
    out.write_bytes(b"\n".join(lines) + b"\n")
    ran = await asyncio.to_thread(run, "restore", out, "--database-url", empty_database_url)
    assert ran.returncode == 1
    assert f"position {len(lines)} is invalid".encode() in ran.stderr
    assert b"failure.not_intelligent" in ran.stderr

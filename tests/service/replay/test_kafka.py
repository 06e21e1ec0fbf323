"""Events are sent to a topic of Kafka at least once, those of a subject in order, also by runs that are killed."""

import asyncio
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import orjson
import pytest

from events.log import EventLog
from events.store.reading import Selection
from service.replay.errors import Diverged, ReplayError, TopicLost
from service.replay.export.kafka_topic import PAGE_EVENTS, TopicExport
from service.replay.kafka.address import TopicAddress
from service.replay.kafka.topic import KafkaTopic, Record
from service.replay.sources.file import FileSource
from service.samples.generator import generate
from tests.events.samples import EventJson, noted
from tests.processes import Process, run, stderr_of, until
from tests.service.replay.kafka_broker import Broker, Read, running
from tests.service.replay.logs import chain, chained

EVERYTHING: Final = Selection()


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """A broker; each test has a topic of its own."""
    with running() as broker:
        yield broker


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the lines of an invented log."""
    file = tmp_path_factory.mktemp("kafka") / "log.ndjson"
    file.write_bytes(chained(cohorts=1, scale=8.0))
    return file


def opened(broker: Broker, topic: str) -> KafkaTopic:
    address = TopicAddress.parsed(broker.topic(topic))
    assert address is not None
    return KafkaTopic(address)


def send(topic: KafkaTopic, file: Path, asked: Selection = EVERYTHING) -> int:
    """Send a file to a topic, whose connection is closed afterwards; return the position that it continued after."""
    try:
        source = FileSource(file)
        export = TopicExport(source, topic, asked)
        for _ in export.run(source.chunks(export.rest), lambda events, position: None, print):
            pass
        return export.resumed
    finally:
        topic.close()


def note_after(events: Sequence[EventJson], id_: str, text: str = "Worth knowing.") -> EventJson:
    """Return a note about the organisation that the first of these events registers, recorded after them."""
    about = f"organisation/{events[0]['data']['organisation']}"
    note = noted(about, id=id_, source="urn:notes")
    return note | {"time": events[-1]["time"], "data": {**note["data"], "text": text}}


def check_whole(records: Sequence[Read], lines: Sequence[bytes], again_max: int) -> None:
    """Fail if an event is missing, if more than so many came again, or if those of a subject are out of order."""
    assert len(records) <= len(lines) + again_max
    found: dict[str, list[bytes]] = {}
    partitions: dict[str, set[int]] = {}
    for record in records:
        partitions.setdefault(record.key, set()).add(record.partition)
        if record.line not in found.setdefault(record.key, []):
            found[record.key].append(record.line)
    expected: dict[str, list[bytes]] = {}
    for line in lines:
        expected.setdefault(orjson.loads(line)["subject"], []).append(line)
    assert found == expected
    assert {len(each) for each in partitions.values()} == {1}


def test_a_topic_gets_each_line_once_with_its_subject_as_the_key(
    broker: Broker, log_file: Path
) -> None:
    done = run("replay", log_file, "--out", broker.topic("once"))
    lines = log_file.read_bytes().splitlines()
    assert f"{len(lines)} events sent to topic once" in stderr_of(done)
    records = broker.records("once")
    check_whole(records, lines, again_max=0)
    assert len({record.partition for record in records}) > 1
    types = {record.content_type for record in records}
    assert types == {b"application/cloudevents+json; charset=UTF-8"}


def test_a_run_that_is_killed_is_continued(broker: Broker, log_file: Path) -> None:
    process = Process("replay", log_file, "--out", broker.topic("killed"))
    until(lambda: broker.size("killed") > 0)
    process.stop(signal.SIGKILL)
    done = run("replay", log_file, "--out", broker.topic("killed"))
    assert done.returncode == 0, stderr_of(done)
    lines = log_file.read_bytes().splitlines()
    check_whole(broker.records("killed"), lines, again_max=PAGE_EVENTS)


def send_partly(
    topic: KafkaTopic, file: Path, monkeypatch: pytest.MonkeyPatch, partitions: Sequence[int]
) -> None:
    """Send two pages to these partitions, and of the third only what goes to those with odd numbers."""
    topic.partitions = partitions
    whole, sent = topic.send, 0

    def broken(records: Sequence[Record]) -> None:
        nonlocal sent
        sent += 1
        if sent < 3:
            return whole(records)
        whole([record for record in records if topic.partition(record.key) % 2])
        raise TopicLost("gone")

    monkeypatch.setattr(topic, "send", broken)
    with pytest.raises(TopicLost):
        send(topic, file)


def test_the_rest_of_a_page_is_sent_after_a_broken_run(
    broker: Broker, log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_partly(opened(broker, "broken"), log_file, monkeypatch, range(4))
    assert 2 * PAGE_EVENTS < broker.size("broken") < 3 * PAGE_EVENTS
    send(opened(broker, "broken"), log_file)
    lines = log_file.read_bytes().splitlines()
    check_whole(broker.records("broken"), lines, again_max=0)
    assert send(opened(broker, "broken"), log_file) == len(lines)
    assert broker.size("broken") == len(lines)


def test_nothing_is_missing_where_partitions_were_added_after_a_broken_run(
    broker: Broker, log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_partly(opened(broker, "added"), log_file, monkeypatch, range(3))
    send(opened(broker, "added"), log_file)
    assert {record.line for record in broker.records("added")} == set(
        log_file.read_bytes().splitlines()
    )


async def test_following_sends_new_events_and_continues_after_a_kill(
    broker: Broker, log: EventLog
) -> None:
    events = list(generate(cohorts=1, seed=5, scale=0.2))
    await log.append(events)
    seen, missed = (note_after(events, name) for name in ("seen", "missed"))
    follow = ("replay", log.url, "--follow", "--out", broker.topic("followed"))

    async def sent(count: int) -> None:
        await asyncio.to_thread(until, lambda: broker.size("followed") >= count)

    process = Process(*follow)
    await sent(len(events))
    await log.append([seen])
    await sent(len(events) + 1)
    process.stop(signal.SIGKILL)
    await log.append([missed])
    process = Process(*follow)
    await sent(len(events) + 2)
    await asyncio.to_thread(until, lambda: process.says("caught up"))
    assert process.stop() == 0
    assert "events sent to topic followed" in process.err.text
    lines = [recorded.line async for recorded in log.read()]
    check_whole(broker.records("followed"), lines, again_max=1)


def test_only_a_continuation_of_the_same_export_is_sent(broker: Broker, log_file: Path) -> None:
    send(opened(broker, "same"), log_file)
    with pytest.raises(ReplayError, match="another selection"):
        send(opened(broker, "same"), log_file, Selection(types=("org.howcanwe.note.added.v1",)))
    other = log_file.with_name("other.ndjson")
    other.write_bytes(chained(cohorts=1, scale=8.0, seed=8))
    with pytest.raises(Diverged):
        send(opened(broker, "same"), other)
    shorter = log_file.with_name("shorter.ndjson")
    shorter.write_bytes(b"".join(log_file.read_bytes().splitlines(keepends=True)[:1_000]))
    with pytest.raises(Diverged):
        send(opened(broker, "same"), shorter)
    strange = opened(broker, "strange")
    strange.send([Record(b"key", b"value")])
    with pytest.raises(ReplayError, match="records of others"):
        send(strange, log_file)


def test_a_large_page_is_sent_in_several_batches(broker: Broker, tmp_path: Path) -> None:
    events = list(generate(cohorts=1, seed=5, scale=0.2))
    long = (note_after(events, f"long-{n}", "ö" * 10_000) for n in range(60))
    file = tmp_path / "log.ndjson"
    file.write_bytes(chain([*events, *long]))
    send(opened(broker, "large"), file)
    check_whole(broker.records("large"), file.read_bytes().splitlines(), again_max=0)


def test_a_broker_that_is_not_there_is_named(log_file: Path) -> None:
    done = run("replay", log_file, "--out", "kafka://127.0.0.1:1/events")
    assert done.returncode == 1
    assert stderr_of(done).startswith("howcanwe: topic events at 127.0.0.1:1 cannot be used")


def test_an_option_about_the_form_of_a_file_is_refused(log_file: Path) -> None:
    done = run("replay", log_file, "--out", "kafka://127.0.0.1:1/events", "--format", "csv")
    assert "a topic gets the lines of events" in stderr_of(done)

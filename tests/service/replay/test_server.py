"""A server as the source of a replay: lines, columns, live; breaks, consumers, and what a key may see."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from events.log import EventLog
from events.store.reading import Selection
from service.connections.stalled_clients import Stalling
from service.replay.errors import ReplayError, SourceLost
from service.replay.export import standard_output
from service.replay.export.standard_output import Growing
from service.replay.export_format import ExportFormat
from service.replay.formats.ndjson import Ndjson
from service.replay.log import open_log
from service.replay.manifests.journal import Journal
from service.replay.manifests.manifest import Manifest, place
from service.replay.sources.server import HEAD_HEADER, ServerSource
from tests.events.samples import assessed, noted
from tests.processes import Process, run, until
from tests.service.replay.logs import fill
from tests.service.serving import Served, serving

ARROW = "application/vnd.apache.arrow.stream"
STALLED_SECONDS = 0.5
READ_BYTES = 1 << 20


@pytest.fixture
async def served(log: EventLog) -> AsyncIterator[Served]:
    """A server over invented cohorts and the shared story; stalled readers are dropped soon."""
    await fill(log)
    async with serving(log.url, heartbeat_seconds=0.2, stalled_seconds=STALLED_SECONDS) as served:
        await served.api.begin()
        yield served


async def much(served: Served) -> None:
    """Record more than fits into the buffers between a server and a client."""
    for number in range(20):
        events = [noted("organisation/mill", source="urn:example:much") for _ in range(100)]
        for index, event in enumerate(events):
            event |= {"id": f"much-{number}-{index}", "time": "2025-03-01T00:00:00Z"}
            event["data"]["text"] = "how can we " * 900
        await served.api.service.log.append(events)


def address(served: Served) -> str:
    return f"http://127.0.0.1:{served.port}"


async def replayed(served: Served, *options: str | Path, who: str = "facilitator") -> Any:
    """Run `howcanwe replay` on the server."""
    settings = {"HOWCANWE_KEY": served.api.keys[who]}
    return await asyncio.to_thread(run, "replay", address(served), *options, settings=settings)


async def test_a_server_gives_the_lines_of_the_log(served: Served) -> None:
    expected = (await served.api.get("/events")).content
    done = await replayed(served)
    assert (done.returncode, done.stdout) == (0, expected), done.stderr
    chosen = await replayed(served, "--after", "10", "--through", "30")
    assert chosen.stdout == b"".join(expected.splitlines(keepends=True)[10:30])


async def test_a_key_gets_what_it_may_see(served: Served) -> None:
    await served.api.post(assessed("mill", visibility="private"))
    expected = (await served.api.get("/events", "analyst")).content
    assert expected != (await served.api.get("/events")).content
    assert (await replayed(served, who="analyst")).stdout == expected


async def test_a_server_s_files_are_those_of_its_database(served: Served, tmp_path: Path) -> None:
    url = served.api.service.log.url
    for name in ("log.parquet", "log.arrow", "log.json"):
        (tmp_path / "one").mkdir(exist_ok=True)
        (tmp_path / "two").mkdir(exist_ok=True)
        done = await replayed(served, "--out", tmp_path / "one" / name)
        assert done.returncode == 0, done.stderr
        await asyncio.to_thread(run, "replay", url, "--out", tmp_path / "two" / name)
        one, two = (tmp_path / side / f"{name}.manifest.json" for side in ("one", "two"))
        assert replace(Manifest.parsed(one.read_bytes(), one), origin=None) == replace(
            Manifest.parsed(two.read_bytes(), two), origin=None
        )


async def test_columns_come_over_http(served: Served) -> None:
    for query in ("", "?after=100", "?type=org.howcanwe.iteration.planned.v1"):
        answer = await served.api.get(f"/events{query}", accept=ARROW)
        assert answer.headers["content-type"] == ARROW
        assert int(answer.headers[HEAD_HEADER]) == await served.api.head()
        table = pyarrow.ipc.open_stream(answer.content).read_all()
        lines = (await served.api.get(f"/events{query}")).text.splitlines()
        assert table["line"].to_pylist() == lines
    whole = pyarrow.ipc.open_stream((await served.api.get("/events", accept=ARROW)).content)
    part = pyarrow.ipc.open_stream(
        (await served.api.get("/events?after=100", accept=ARROW)).content
    )
    assert part.read_all().equals(whole.read_all().slice(100).combine_chunks())


async def test_a_follower_gets_what_comes(served: Served) -> None:
    head = await served.api.head()
    with open_log(address(served), served.api.keys["facilitator"]) as log:
        assert await asyncio.to_thread(log.head) == head
        events = log.select(after=head - 2).follow()
        seen = [await asyncio.to_thread(next, events) for _ in range(2)]
        await served.api.post(noted("organisation/mill"))
        seen.append(await asyncio.to_thread(next, events))
        await asyncio.to_thread(events.close)  # type: ignore[attr-defined]  # it is a generator
    assert [event.position for event in seen] == [head - 1, head, head + 1]


async def test_a_consumer_resumes_where_it_stopped(served: Served, tmp_path: Path) -> None:
    lines = (await served.api.get("/events")).content.splitlines(keepends=True)
    first = await replayed(served, "--consumer", "nightly", "--through", "40")
    assert (first.returncode, first.stdout) == (0, b"".join(lines[:40])), first.stderr
    out = tmp_path / "night-2.ndjson"
    second = await replayed(served, "--consumer", "nightly", "--out", out)
    assert second.returncode == 0, second.stderr
    assert out.read_bytes() == b"".join(lines[40:])
    assert (await replayed(served, "--consumer", "nightly")).stdout == b""
    await served.api.post(noted("organisation/mill"))
    third = await replayed(served, "--consumer", "nightly")
    assert third.stdout == (await served.api.get(f"/events?after={len(lines)}")).content
    await served.api.execute("update consumers set hash = $1", "ab" * 32)
    diverged = await replayed(served, "--consumer", "nightly")
    assert diverged.returncode == 1
    assert b"this is not the log that the consumer read" in diverged.stderr


async def test_a_consumer_whose_file_was_written_is_not_given_it_again(
    served: Served, tmp_path: Path
) -> None:
    out = tmp_path / "night.ndjson"
    await replayed(served, "--consumer", "nightly", "--out", out)
    text = out.read_bytes()
    # As if it had been killed between the file's end and the server's word.
    await served.api.execute("delete from consumers")
    again = await replayed(served, "--consumer", "nightly", "--out", out)
    assert again.returncode == 0, again.stderr
    assert out.read_bytes() == text
    kept = (await served.api.get("/consumers/nightly")).json()
    assert kept["position"] == await served.api.head()


async def test_a_consumer_s_file_is_continued(served: Served, tmp_path: Path) -> None:
    out = tmp_path / "night.ndjson"
    options = ("--consumer", "nightly", "--out", out)
    assert (await replayed(served, *options, "--through", "40")).returncode == 0
    for _ in range(2):
        await served.api.post(noted("organisation/mill"))
        again = await replayed(served, *options)
        assert again.returncode == 0, again.stderr
        assert out.read_bytes() == (await served.api.get("/events")).content
        kept = (await served.api.get("/consumers/nightly")).json()
        assert kept["position"] == await served.api.head()
    await replayed(served, "--consumer", "nightly", "--out", tmp_path / "other.ndjson")
    await served.api.post(noted("organisation/mill"))
    await replayed(served, "--consumer", "nightly")
    behind = await replayed(served, *options)
    assert behind.returncode == 1
    assert b"its consumer is at" in behind.stderr


async def test_one_key_s_file_is_not_continued_by_another(served: Served, tmp_path: Path) -> None:
    out = tmp_path / "log.ndjson"
    assert (await replayed(served, "--out", out)).returncode == 0
    text = out.read_bytes()
    refused = await replayed(served, "--out", out, who="analyst")
    assert refused.returncode == 1
    assert b"another viewer" in refused.stderr
    secret = served.api.keys["facilitator"].rpartition("_")[2].encode()
    assert secret not in place(out).read_bytes()
    assert out.read_bytes() == text


@pytest.mark.parametrize("name", ["live.ndjson", "live.arrow"])
async def test_a_follower_for_a_consumer_starts_again_after_every_end(
    served: Served, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    command = ("replay", address(served), "--follow", "--consumer", "live", "--out", out)
    settings = {"HOWCANWE_KEY": served.api.keys["facilitator"]}
    for ending in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
        await served.api.post(noted("organisation/mill"))
        with Process(*command, settings=settings) as process:
            await asyncio.to_thread(until, partial(process.says, "caught up"))
            await asyncio.to_thread(process.stop, ending)
        assert process.popen.returncode == (0 if ending is signal.SIGTERM else -ending)
    with open_log(out) as log:
        lines = await asyncio.to_thread(lambda: b"".join(log.lines()))
    assert lines == (await served.api.get("/events")).content
    assert (await asyncio.to_thread(run, "verify", out)).returncode == 0
    kept = (await served.api.get("/consumers/live")).json()
    assert kept["position"] == await served.api.head()


async def test_a_follower_writes_its_journal_by_page_not_by_event(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = Journal.write

    def counted(self: Journal, out: Path) -> None:
        written.append(self.events)
        write(self, out)

    monkeypatch.setattr(Journal, "write", counted)
    monkeypatch.setattr(standard_output, "JOURNAL_SECONDS", 3600.0)
    source = ServerSource(address(served), served.api.keys["facilitator"])
    head = await served.api.head()

    def followed() -> None:
        growing = Growing(source, tmp_path / "live.ndjson", ExportFormat.NDJSON, Selection())
        with suppress(_Enough):
            for _ in growing.run(Ndjson(), lambda events, position: None, _enough):
                pass
        assert growing.end(Ndjson()).events == head
        source.close()

    await asyncio.to_thread(followed)
    # At the beginning, after the first lines, at the end.
    assert len(written) <= 3


async def test_what_has_an_end_is_not_followed(served: Served) -> None:
    followed = await replayed(served, "--follow", "--through", "5")
    assert followed.returncode == 1
    assert b"a selection with an end cannot be followed" in followed.stderr
    with open_log(address(served)) as log, pytest.raises(ReplayError, match="with an end cannot"):
        next(log.select(through=5).follow())


class _Enough(Exception):
    """The end of the log is reached."""


def _enough(position: int) -> None:
    raise _Enough


@pytest.mark.parametrize("accept", ["application/x-ndjson", "text/event-stream"])
async def test_a_reader_that_stops_reading_is_dropped_and_loses_nothing(
    served: Served, accept: str
) -> None:
    await much(served)
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.sendall(served.head("GET /events", accept=accept))
        connection.setblocking(False)
        # It reads nothing; meanwhile another reader is served.
        await served.api.get("/events?limit=1")
        async with asyncio.timeout(20):
            while served.server.server_state.connections:
                await asyncio.sleep(0.05)
    with open_log(address(served), served.api.keys["facilitator"]) as log:
        positions = await asyncio.to_thread(lambda: [event.position for event in log])
    assert positions == list(range(1, len(positions) + 1))


async def test_a_slow_reader_is_waited_for(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    await much(served)
    received = bytearray()
    begun_at = 0
    start_timer, look = Stalling.start_timer, Stalling.look

    def started(self: Stalling, waiting_bytes: int) -> None:
        nonlocal begun_at
        begun_at = len(received)
        start_timer(self, waiting_bytes)

    def looked(self: Stalling, waiting_bytes: int) -> None:
        # The reader shares the processor and the loop with the server: time may pass in which it could not read. Only
        # after so much does the server surely see that it reads, behind all buffers in between.
        if len(received) < begun_at + READ_BYTES:
            start_timer(self, waiting_bytes)
        else:
            look(self, waiting_bytes)

    monkeypatch.setattr(Stalling, "start_timer", started)
    monkeypatch.setattr(Stalling, "look", looked)
    # What the system takes for it would hide from the server that it reads.
    reader, writer = await served.connect(buffer_bytes=65_536)
    writer.write(served.head("GET /events", connection="close"))
    begun = asyncio.get_running_loop().time()
    while data := await reader.read(1 << 18):
        received += data
        if asyncio.get_running_loop().time() < begun + 2 * STALLED_SECONDS:
            await asyncio.sleep(STALLED_SECONDS / 5)
    assert received.endswith(b"0\r\n\r\n")


async def test_a_server_that_is_away_or_refuses_is_reported(served: Served) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
        with open_log(nobody) as log, pytest.raises(SourceLost, match="cannot be reached"):
            await asyncio.to_thread(log.head)
    with open_log(address(served), "hcw_wrong") as log, pytest.raises(ReplayError, match="401"):
        await asyncio.to_thread(log.head)


async def test_a_broken_connection_is_made_again_behind_the_last_event(served: Served) -> None:
    """A reader behind a wire that is cut now and then gets every line once."""
    expected = [int(event["position"]) for event in await served.api.lines()]
    # Lines are compressed on their way.
    cutting = _Cutting(served.port, every_bytes=30_000)
    async with cutting as port:
        with open_log(f"http://127.0.0.1:{port}", served.api.keys["facilitator"]) as log:
            events = await asyncio.to_thread(lambda: [event.position for event in log])
    assert cutting.connections > 1
    assert events == expected
    assert list(islice(events, 3)) == [1, 2, 3]


class _Cutting:
    """A wire to the server's port that ends each connection after so many bytes."""

    def __init__(self, port: int, every_bytes: int) -> None:
        self._port = port
        self._every_bytes = every_bytes
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connections(self) -> int:
        """How many connections there were."""
        return len(self._tasks)

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.append(task)
        inner, outer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            outer.write(await reader.readuntil(b"\r\n\r\n"))
            left = self._every_bytes
            while left > 0 and (data := await inner.read(min(left, 65_536))):
                left -= len(data)
                writer.write(data)
                await writer.drain()
        finally:
            for end in (outer, writer):
                end.close()
                with suppress(ConnectionError):
                    await end.wait_closed()

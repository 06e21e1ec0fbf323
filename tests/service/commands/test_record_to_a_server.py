"""`howcanwe record FILE --to URL`: files of every form, faults with their lines, and runs that are cut and repeated."""

import asyncio
import gzip
import os
import pty
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import orjson
import pytest
import zstandard

from events.log import EventLog
from service.replay.sources.sent_key import NO_KEY
from service.samples.generator import generate
from tests.events.samples import EventJson, noted, registered
from tests.processes import PATIENCE_S, Process, command, environment, run, stderr_of, until
from tests.service.app import complete
from tests.service.client.proxy import Failure, Proxy, proxied
from tests.service.serving import Served, serving

INVENTED = [orjson.dumps(event) for event in generate(cohorts=2, seed=11, positions=False)]
FORGOTTEN = "1 of these could not be compared: their persons are forgotten"
FORMS: dict[str, Callable[[Sequence[bytes]], bytes]] = {
    ".ndjson": lambda events: b"\n".join(events) + b"\n",
    ".json": lambda events: b"[" + b",\n".join(events) + b"]",
    ".jsonl.gz": lambda events: gzip.compress(b"\r\n".join(events)),
    ".json.zst": lambda events: zstandard.ZstdCompressor().compress(
        orjson.dumps([orjson.loads(event) for event in events], option=orjson.OPT_INDENT_2)
    ),
    ".txt": lambda events: b"\xef\xbb\xbf\n\n" + b"\n\n".join(events),
}


@pytest.fixture
async def served(log: EventLog) -> AsyncIterator[Served]:
    """A server over an empty log."""
    async with serving(log.url) as served:
        yield served


@pytest.fixture
async def proxy(served: Served) -> AsyncIterator[Proxy]:
    """A proxy before the server."""
    async with proxied(served.port) as proxy:
        yield proxy


async def record(
    served: Served,
    file: Path | str,
    *options: str,
    to: str | None = None,
    stdin: bytes | None = None,
    who: str = "facilitator",
) -> tuple[int, list[str]]:
    """Run the command; return its exit code and its messages, without the program's name before them."""
    address = to or f"http://127.0.0.1:{served.port}"
    settings = {"HOWCANWE_KEY": served.api.keys.get(who, "")}
    call = partial(run, "record", file, "--to", address, *options, stdin=stdin, settings=settings)
    done = await asyncio.to_thread(call)
    text, pages = stderr_of(done), done.stdout.decode()
    for page in pages.splitlines()[1:]:
        assert page.startswith(f"Then read it at {address.rstrip('/')}/cohorts/")
    assert pages == "" or pages.startswith("Sign in with your key at ")
    assert who not in served.api.keys or served.api.keys[who] not in text + pages
    return done.returncode, [line.removeprefix("howcanwe: ") for line in text.splitlines()]


def written(folder: Path, *events: EventJson, name: str = "events.ndjson") -> Path:
    """Return a file with the events, a line each."""
    file = folder / name
    file.write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in events))
    return file


@pytest.mark.parametrize("form", FORMS)
async def test_a_file_of_any_form_is_recorded_once_however_often_it_is_given(
    served: Served, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"events{form}"
    file.write_bytes(FORMS[form](INVENTED))
    count = len(INVENTED)
    assert await record(served, file) == (0, [f"{count} recorded, 0 already in the log"])
    again = (0, [f"0 recorded, {count} already in the log", FORGOTTEN])
    assert await record(served, file) == again
    assert await record(served, "-", stdin=file.read_bytes()) == again
    code, messages = await record(served, file, "--dry-run")
    assert (code, messages[-1]) == (0, FORGOTTEN)
    assert await served.api.head() == count


async def test_one_event_over_several_lines_is_a_file(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(orjson.dumps(complete(registered("guild")), option=orjson.OPT_INDENT_2))
    assert await record(served, file) == (0, ["1 recorded, 0 already in the log"])


async def test_lines_in_a_file_called_json_are_read_as_lines(
    served: Served, tmp_path: Path
) -> None:
    events = [complete(registered("guild")), complete(registered("mill"))]
    file = written(tmp_path, *events, name="events.json")
    assert await record(served, file) == (0, ["2 recorded, 0 already in the log"])


async def test_nothing_is_no_fault(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_bytes(b" \n\n")
    assert await record(served, file) == (0, ["0 recorded, 0 already in the log"])
    assert await record(served, "-", stdin=b"") == (0, ["0 recorded, 0 already in the log"])


async def test_every_fault_of_a_request_is_reported_with_its_line(
    served: Served, tmp_path: Path
) -> None:
    good, bad = complete(registered("guild")), complete(noted("organisation/nobody"))
    file = tmp_path / "events.ndjson"
    lines = [orjson.dumps(good), b"", b'{"half', orjson.dumps({**good, "id": "x", "colour": [1]})]
    file.write_bytes(b"\n".join([*lines, orjson.dumps(bad)]))
    code, messages = await record(served, file)
    assert code == 1
    assert messages[0].startswith("line 3: The text is not valid JSON")
    assert messages[1].startswith("line 4: field at /colour: ")
    assert messages[2].startswith("line 5: subject.unknown at /data/about: ")
    assert messages[-2:] == [
        "nothing is recorded from line 1 on",
        "0 recorded, 0 already in the log",
    ]
    assert await served.api.head() == 0


async def test_faults_in_an_array_have_the_event_s_number_and_line(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "events.json"
    events = [complete(registered("guild")), complete(noted("organisation/nobody"))]
    file.write_bytes(b"\n" + orjson.dumps(events, option=orjson.OPT_INDENT_2))
    line = file.read_bytes().split(b'"organisation/nobody"')[0].count(b"\n")
    code, messages = await record(served, file)
    assert code == 1
    place, _, rest = messages[0].partition(": ")
    assert rest.startswith("subject.unknown at /data/about")
    number, _, where = place.partition(" (line ")
    assert number == "event 2"
    assert 0 < int(where.removesuffix(")")) <= line


async def test_a_text_that_is_no_json_at_all_is_reported(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_bytes(b'\n[{"id": 1},\n {"id": }]')
    code, messages = await record(served, file)
    assert code == 1
    assert messages[0].startswith("The text is not valid JSON: it breaks at line 3, column ")


async def test_requests_before_the_one_with_a_fault_stay_recorded(
    served: Served, tmp_path: Path
) -> None:
    notes = [complete(noted("organisation/guild")) for _ in range(2_400)]
    file = written(tmp_path, complete(registered("guild")), *notes, complete(noted("question/no")))
    code, messages = await record(served, file)
    assert code == 1
    assert messages[0].startswith("line 2402: subject.unknown at /data/about: ")
    assert messages[1:] == [
        "nothing is recorded from line 2001 on",
        "2000 recorded, 0 already in the log",
    ]
    corrected = written(tmp_path, complete(registered("mill")), *notes)
    assert (await record(served, corrected))[1][-1] == "402 recorded, 1999 already in the log"


async def test_leniently_the_valid_events_are_recorded_and_the_others_reported(
    served: Served, tmp_path: Path
) -> None:
    bad = [complete(noted("organisation/nobody")) for _ in range(2)]
    file = written(tmp_path, bad[0], complete(registered("guild")), bad[1])
    code, messages = await record(served, file, "--lenient")
    assert code == 1
    assert [message.partition(":")[0] for message in messages[:2]] == ["line 1", "line 3"]
    counts = "1 recorded, 0 already in the log, 2 refused and in the quarantine"
    assert messages[2:] == [counts]
    entries = (await served.api.get("/quarantine")).json()
    assert len(entries["events"] if "events" in entries else entries["quarantined"]) == 2


async def test_a_dry_run_reports_every_fault_and_records_nothing(
    served: Served, tmp_path: Path
) -> None:
    good, bad = complete(registered("guild")), complete(noted("organisation/nobody"))
    file = written(tmp_path, good, bad, complete(noted("organisation/guild")))
    code, messages = await record(served, file, "--dry-run")
    assert code == 1
    assert messages[0].startswith("line 2: subject.unknown at /data/about: ")
    counts = "3 checked and nothing recorded: 1 would be refused, 0 are already in the log"
    assert messages[1:] == [counts]
    assert await served.api.head() == 0
    await record(served, written(tmp_path, good))
    counts = "1 checked and nothing recorded: 0 would be refused, 1 are already in the log"
    assert await record(served, written(tmp_path, good), "--dry-run") == (0, [counts])


async def test_a_dry_run_of_a_long_file_is_sure_only_of_what_it_can_know(
    served: Served, tmp_path: Path
) -> None:
    notes = [complete(noted("organisation/guild")) for _ in range(2_400)]
    odd = complete(noted("organisation/guild", text=""))
    unknown = complete(noted("organisation/nobody"))
    file = written(tmp_path, complete(registered("guild")), *notes, odd, unknown)
    code, messages = await record(served, file, "--dry-run")
    assert code == 1
    assert messages[0].startswith("line 2402: field at /data/text: ")
    assert messages[1].startswith("line 2403: subject.unknown at /data/about: ")
    assert messages[2:] == [
        "2403 checked and nothing recorded: 2 would be refused, 0 are already in the log",
        "401 build on earlier events of the file, so only their form could be checked",
    ]


async def test_a_line_that_is_too_large_for_the_server_is_named(
    served: Served, tmp_path: Path
) -> None:
    huge = complete(noted("organisation/guild", text="ö" * 9_000_000))
    file = written(tmp_path, complete(registered("guild")), huge)
    code, messages = await record(served, file)
    assert code == 1
    assert messages[0].startswith("line 2: the server answered 413: The body is too large")
    assert messages[-2:] == [
        "nothing is recorded from line 2 on",
        "1 recorded, 0 already in the log",
    ]


async def test_busy_servers_and_broken_connections_are_borne(
    served: Served, proxy: Proxy, tmp_path: Path
) -> None:
    file = tmp_path / "events.ndjson"
    events = [orjson.dumps(complete(registered(f"guild-{number}"))) for number in range(50)]
    file.write_bytes(FORMS[".ndjson"](events))
    proxy.failures = [Failure.CUT_AFTER, Failure.BUSY, Failure.CUT_BEFORE, Failure.GATEWAY]
    code, messages = await record(served, file, to=proxy.url)
    assert code == 0
    # The first answer was lost, so the events are repeats.
    assert messages[-1] == "0 recorded, 50 already in the log"
    assert sum("trying again in" in message for message in messages) == 4
    assert await served.api.head() == 50


async def test_a_server_that_is_not_there_is_one_sentence(
    served: Served, tmp_path: Path, unused_tcp_port: int
) -> None:
    address = f"http://127.0.0.1:{unused_tcp_port}"
    file = written(tmp_path, complete(registered("guild")))
    code, messages = await record(served, file, "--retry-seconds", "0", to=address)
    assert code == 1
    assert messages[0].startswith(f"{address} cannot be reached: ")
    assert messages[0].endswith("; run the command again to resume")


async def test_a_key_that_may_not_record_is_told_so(served: Served, tmp_path: Path) -> None:
    file = written(tmp_path, complete(registered("guild")))
    code, messages = await record(served, file, who="analyst")
    assert code == 1
    assert messages[0].startswith("line 1: sender.not_allowed")
    code, messages = await record(served, file, "--key", "hcw_unknown")
    assert code == 1
    assert messages[0].startswith("the server answered 401: ")
    assert NO_KEY not in messages[0]


async def test_without_a_key_the_command_says_where_one_is_from(
    served: Served, tmp_path: Path
) -> None:
    file = written(tmp_path, complete(registered("guild")))
    code, messages = await record(served, file, who="nobody")
    assert code == 1
    assert messages[0].startswith("the server answered 401: The request has no key")
    assert messages[0].endswith(NO_KEY)


async def test_a_run_that_was_killed_is_completed_by_the_next(
    served: Served, proxy: Proxy, tmp_path: Path
) -> None:
    notes = [complete(noted("organisation/guild", text=f"Note {n}. ☕")) for n in range(6_000)]
    file = written(tmp_path, complete(registered("guild")), *notes)
    # The second request is under way for ever, so it can only be killed there.
    proxy.failures = [None, Failure.SILENT]
    settings = {"HOWCANWE_KEY": served.api.keys["facilitator"]}
    with Process("record", file, "--to", proxy.url, settings=settings) as process:
        await asyncio.to_thread(until, lambda: len(proxy.requests) == 2)
        await asyncio.to_thread(process.stop, signal.SIGKILL)
    assert await served.api.head() == 2_000
    assert await record(served, file) == (0, ["4001 recorded, 2000 already in the log"])
    positions = [line["data"].get("text") for line in await served.api.lines()]
    assert positions == [None, *(note["data"]["text"] for note in notes)]


async def test_an_interrupt_ends_it_with_the_counts(
    served: Served, proxy: Proxy, tmp_path: Path
) -> None:
    file = written(tmp_path, complete(registered("guild")))
    proxy.failures = [Failure.SILENT]
    settings = {"HOWCANWE_KEY": served.api.keys["facilitator"]}
    with Process("record", file, "--to", proxy.url, settings=settings) as process:
        await asyncio.to_thread(until, lambda: len(proxy.requests) == 1)
        code = await asyncio.to_thread(process.stop, signal.SIGINT)
    assert code == 128 + signal.SIGINT
    assert process.err.text.splitlines() == [
        "howcanwe: interrupted",
        "howcanwe: 0 recorded, 0 already in the log",
    ]


async def test_a_bar_shows_the_progress_on_a_terminal(served: Served, tmp_path: Path) -> None:
    file = written(tmp_path, *(complete(registered(f"guild-{number}")) for number in range(30)))
    address = f"http://127.0.0.1:{served.port}"
    settings = environment(HOWCANWE_KEY=served.api.keys["facilitator"], TERM="xterm")
    call = command("record", file, "--to", address)
    shown = await asyncio.to_thread(on_a_terminal, call, settings)
    assert b"recording" in shown
    assert b"30 recorded, 0 already in the log" in shown


def on_a_terminal(call: list[str], settings: dict[str, str]) -> bytes:
    """Run a command whose standard error is a terminal; return what it shows there."""
    outside, inside = pty.openpty()
    process = subprocess.Popen(call, stderr=inside, stdout=subprocess.DEVNULL, env=settings)
    os.close(inside)
    output = b""
    with suppress(OSError):  # So a terminal whose other side was closed ends.
        while chunk := os.read(outside, 65_536):
            output += chunk
    os.close(outside)
    assert process.wait(PATIENCE_S) == 0
    return output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--to", "http://127.0.0.1:1", "--data", "d"], "cannot be combined with --to"),
        (["--to", "http://127.0.0.1:1", "--database-url", "postgresql://x"], "cannot be combined"),
        (["--to", "http://127.0.0.1:1", "--dry-run", "--lenient"], "--lenient has no effect"),
        (["--key", "k"], "needs --to"),
        (["--lenient"], "needs --to"),
        (["--dry-run", "--lenient"], "needs --to"),
        (["--to", "http://127.0.0.1:1", "--retry-seconds=-1"], "--retry-seconds"),
    ],
)
def test_options_that_exclude_each_other_are_exit_code_2(
    options: list[str], sentence: str, tmp_path: Path
) -> None:
    done = run("record", tmp_path / "events.ndjson", *options)
    assert done.returncode == 2
    assert sentence in stderr_of(done)


@pytest.mark.parametrize("to", ["howcanwe.example", "ftp://howcanwe.example"])
def test_an_address_that_is_none_of_a_server_is_one_sentence(to: str, tmp_path: Path) -> None:
    done = run("record", "-", "--to", to, stdin=b"")
    assert done.returncode == 1
    assert "is not the address of a server" in stderr_of(done)

"""The commands as people call them: what they print where, how they end, and that they can be interrupted."""

import fcntl
import os
import pty
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from service.cli import app
from service.samples import demo
from service.samples.generator import generate
from tests.processes import (
    KEY,
    PATIENCE_S,
    Process,
    Serving,
    command,
    data_folder,
    environment,
    key_for,
    run,
    servers_in,
    stderr_of,
    until,
)
from tests.service.app import PERSONAL

LINK = re.compile(
    r"Open this in a browser: http://127\.0\.0\.1:\d+/sign-in#link=[\w-]{22} \(works once, for ten minutes\)"
)
PUBLISHED = Path(__file__).parents[2] / "data" / "published-cohorts.ndjson"
SIGN_IN = (
    b"Sign in with your key at http://127.0.0.1:8000/sign-in?to=/cohorts/future-of-membership-2015"
)
READ = b"Then read it at http://127.0.0.1:8000/cohorts/future-of-membership-2015"


def calls(command: object, *words: str) -> Iterator[str]:
    """Yield the words that call each command below `command`, groups too."""
    for name, below in getattr(command, "commands", {}).items():
        yield " ".join((*words, name))
        yield from calls(below, *words, name)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder in which nothing is left running."""
    with data_folder() as data:
        yield data


def lines(events: int = 0, **how: Any) -> list[bytes]:
    """Return generated events, a line each: all, or so many."""
    generated = [orjson.dumps(event) + b"\n" for event in generate(cohorts=1, seed=11, **how)]
    return generated[:events] if events else generated


def verified(place: list[str]) -> tuple[int, str]:
    """Return how many events the log holds, and the hash of the last; it must hold."""
    done = run("verify", *place)
    assert done.returncode == 0, done.stderr
    assert stderr_of(done) == "howcanwe: every event is valid: chain, versions and rules\n"
    count, last = done.stdout.decode().split()
    return int(count), last


# record


def test_a_file_is_recorded_once_however_often_it_is_given(place: list[str]) -> None:
    count = len(PUBLISHED.read_bytes().splitlines())
    first = run("record", PUBLISHED, *place)
    assert (first.returncode, first.stdout.splitlines()[1]) == (0, READ)
    assert stderr_of(first) == f"howcanwe: {count} recorded, 0 already in the log\n"
    again = run("record", PUBLISHED, *place)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert stderr_of(again) == f"howcanwe: 0 recorded, {count} already in the log\n"
    assert verified(place)[0] == count


def test_the_sample_cohort_can_be_recorded_again_though_a_person_was_forgotten(
    place: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "demo.ndjson"
    file.write_bytes(b"\n".join(demo.lines()))
    count = len(demo.lines())
    assert run("record", file, *place).returncode == 0
    again = run("record", file, *place)
    assert again.returncode == 0
    err_lines = stderr_of(again).splitlines()
    assert err_lines[0] == f"howcanwe: 0 recorded, {count} already in the log"
    assert all("forgotten" in line for line in err_lines[1:])
    assert not any(secret in stderr_of(again) for secret in PERSONAL)


def test_standard_input_is_recorded_and_its_last_line_needs_no_end(place: list[str]) -> None:
    done = run("record", "-", *place, stdin=b"\r\n\n" + b"\n".join(lines(30)).rstrip())
    assert stderr_of(done) == "howcanwe: 30 recorded, 0 already in the log\n"
    assert done.returncode == 0


def test_nothing_to_record_is_no_fault(place: list[str]) -> None:
    done = run("record", "-", *place, stdin=b"")
    assert (done.returncode, stderr_of(done)) == (0, "howcanwe: 0 recorded, 0 already in the log\n")


def test_every_fault_of_a_batch_is_reported_with_its_line(place: list[str]) -> None:
    event = orjson.loads(lines()[3])
    odd = orjson.dumps({**event, "id": "odd", "data": {**event["data"], "colour": "red"}}) + b"\n"
    good = lines(3)
    stdin = b"".join(
        [good[0], b"\n", b'{"half\n', good[1], b"\xff\n", b"[" * 99 + b"]" * 99, b"\n", odd]
    )
    done = run("record", "-", *place, stdin=stdin)
    assert done.returncode == 1
    err_lines = stderr_of(done).splitlines()
    assert err_lines[0] == "howcanwe: line 3: The text is not valid JSON: it breaks at column 2."
    assert err_lines[1] == "howcanwe: line 5: The text is not UTF-8."
    assert err_lines[2].startswith("howcanwe: line 6: The JSON is nested more than ")
    assert err_lines[3].startswith(
        "howcanwe: line 7: field at /data/colour: This type has no such field."
    )
    assert err_lines[-2:] == [
        "howcanwe: nothing is recorded from line 1 on",
        "howcanwe: 0 recorded, 0 already in the log",
    ]


def test_events_before_the_batch_with_a_fault_are_kept(place: list[str]) -> None:
    good = lines(600, positions=False, scale=3)
    done = run("record", "-", *place, stdin=b"".join([*good, b"{}\n"]))
    assert done.returncode == 1
    assert "howcanwe: nothing is recorded from line 501 on\n" in stderr_of(done)
    assert "howcanwe: 500 recorded, 0 already in the log\n" in stderr_of(done)
    rest = run("record", "-", *place, stdin=b"".join(good))
    assert stderr_of(rest) == "howcanwe: 100 recorded, 500 already in the log\n"


def test_an_event_that_says_something_else_is_refused(place: list[str]) -> None:
    run("record", "-", *place, stdin=b"".join(lines(5)))
    changed = {**orjson.loads(lines()[4]), "actor": "facilitator"}
    changed["data"] = {**changed["data"], "title": "Something else"}
    done = run("record", "-", *place, stdin=orjson.dumps(changed))
    assert done.returncode == 1
    assert stderr_of(done).startswith("howcanwe: line 1: ")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("missing.ndjson", "missing.ndjson cannot be read: No such file or directory"),
        ("folder", "folder cannot be read: Is a directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported(
    place: list[str], tmp_path: Path, file: str, sentence: str
) -> None:
    (tmp_path / "folder").mkdir()
    done = run("record", tmp_path / file, *place)
    assert (done.returncode, stderr_of(done)) == (1, f"howcanwe: {tmp_path}/{sentence}\n")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_recording_resumes_when_called_again(
    data: Path, tmp_path: Path, number: signal.Signals
) -> None:
    file = tmp_path / "events.ndjson"
    events = lines(positions=False, scale=10)
    file.write_bytes(b"".join(events))
    read, write = os.pipe()
    with Process("record", "-", "--data", data, stdin=read) as process:
        os.close(read)
        # It waits for more in the middle, so it can only be interrupted there.
        os.write(write, b"".join(events[:100]))
        half = b"".join(events[100:1_100])
        while half:
            half = half[os.write(write, half) :]
        until(lambda: (data / "postgres").exists() and bool(servers_in(data.parent)))
        code = process.stop(number)
        os.close(write)
    assert "Traceback" not in process.err.text
    assert "trace=" not in process.err.text
    if number is signal.SIGKILL:
        assert code == -signal.SIGKILL
    else:
        assert code == 128 + number
        assert not servers_in(data.parent)
    first = run("record", file, "--data", data)
    assert first.returncode == 0, first.stderr
    recorded, _, there = stderr_of(first).removeprefix("howcanwe: ").partition(" recorded, ")
    assert int(recorded) + int(there.split()[0]) == len(events)
    assert verified(["--data", str(data)])[0] == len(events)


def test_a_command_that_waits_for_input_is_ended_by_one_interrupt(place: list[str]) -> None:
    read, write = os.pipe()
    with Process("record", "-", *place, stdin=read) as process:
        os.write(write, lines(1)[0])
        until(lambda: not unread(read), "its reading")
        code = process.stop(signal.SIGINT)
        os.close(read)
        os.close(write)
    assert code == 128 + signal.SIGINT
    assert "Traceback" not in process.err.text


def unread(pipe: int) -> int:
    """Return how many bytes wait in a pipe."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4), sys.byteorder)


def test_progress_is_shown_on_a_terminal_and_only_there(place: list[str]) -> None:
    outside, inside = pty.openpty()
    process = subprocess.Popen(
        command("record", str(PUBLISHED), *place),
        stderr=inside,
        stdout=subprocess.PIPE,
        env=environment(TERM="xterm"),
    )
    os.close(inside)
    output = b""
    try:
        while chunk := os.read(outside, 65_536):
            output += chunk
    except OSError:
        pass  # so a terminal whose other side was closed ends
    assert process.communicate(timeout=PATIENCE_S)[0].startswith(SIGN_IN)
    os.close(outside)
    assert process.returncode == 0
    assert b"recording" in output
    assert b"recording" not in run("record", PUBLISHED, *place).stderr


# generate


def test_the_same_seed_gives_the_same_events() -> None:
    first, again, other = (
        run("generate", "--cohorts", "2", "--seed", seed, alone=True).stdout
        for seed in ("5", "5", "6")
    )
    assert first == again != other
    assert all(orjson.loads(line)["specversion"] == "1.0" for line in first.splitlines())


def test_twenty_cohorts_pipe_into_record_and_hold(place: list[str]) -> None:
    made = run("generate", "--cohorts", "20", "--seed", "3")
    assert (made.returncode, made.stderr) == (0, b"")
    count = len(made.stdout.splitlines())
    assert count > 4_000
    done = run("record", "-", *place, stdin=made.stdout)
    assert stderr_of(done) == f"howcanwe: {count} recorded, 0 already in the log\n"
    assert verified(place)[0] == count


@pytest.mark.parametrize("called", [["generate", "--cohorts", "50"], ["openapi"], ["schema"]])
def test_a_reader_that_has_enough_is_no_trouble(called: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        command(*called),
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=PATIENCE_S,
        env=environment(),
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode in (0, 1)


@pytest.mark.parametrize(
    "arguments", [["--cohorts", "0"], ["--cohorts", "some"], ["--scale", "0"], ["--seed", "x"]]
)
def test_wrong_usage_of_generate_is_exit_code_2(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["generate", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert arguments[0] in done.stderr


# verify


@pytest.mark.parametrize(
    "words", ["verify", "checkpoint", "replay", "digest", "rebuild", "insights", "person backup -"]
)
def test_a_command_that_reads_a_record_begins_none(tmp_path: Path, words: str) -> None:
    folder = tmp_path / "mistyped"
    done = run(*words.split(), "--data", folder)
    assert done.returncode == 1
    assert stderr_of(done).endswith(
        f"there is no record in {folder}; howcanwe serve, record or restore creates one\n"
    )
    assert not folder.exists() or not list(folder.glob("postgres*"))


def test_an_empty_log_holds(place: list[str]) -> None:
    assert verified(place) == (0, "0" * 64)


def test_verification_works_beside_a_running_service(data: Path) -> None:
    with Serving(data, "--demo").ready() as service:
        until(lambda: "3. Replay" in service.out.text, "the demo")
        first = service.out.text.strip().splitlines()[0]
        assert LINK.fullmatch(first), first
        assert verified(["--data", str(data)])[0] == len(demo.lines())
        assert KEY.fullmatch(key_for(data))
        assert run("record", "-", "--data", data, stdin=b"".join(lines(9))).returncode == 0
        assert verified(["--data", str(data)])[0] == len(demo.lines()) + 9
        assert service.popen.poll() is None
        assert service.stop() == 0
    assert "Traceback" not in service.err.text
    assert "trace=" not in service.err.text


# all of them


@pytest.mark.parametrize("called", list(calls(get_command(app))))
def test_help_is_there_for_everyone(called: str) -> None:
    done = CliRunner().invoke(app, [*called.split(), "--help"], prog_name="howcanwe")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"howcanwe {called}" in done.stdout


@pytest.mark.parametrize("called", list(calls(get_command(app))))
def test_help_has_every_word_on_an_option(called: str) -> None:
    command: Any = get_command(app)
    for name in called.split():
        command = command.commands[name]
    wide = {"COLUMNS": "1000"}
    page = " ".join(CliRunner().invoke(app, [*called.split(), "--help"], env=wide).stdout.split())
    for option in command.params:
        words = (option.help or "").replace("`", "").split()
        assert " ".join(words) in page


def test_the_version_is_printed() -> None:
    done = run("--version")
    assert (done.returncode, stderr_of(done)) == (0, "")
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout.decode())


@pytest.mark.parametrize("called", ["record -", "verify", "keys create --role admin"])
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://localhost/log", "postgresql://"),
        ("nonsense", "postgresql://"),
        ("postgresql://127.0.0.1:1/log", "the database at 127.0.0.1:1/log cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_had_is_one_sentence(
    called: str, url: str, sentence: str, tmp_path: Path
) -> None:
    done = run(*called.split(), "--database-url", url, "--data", tmp_path / "data", stdin=b"")
    assert (done.returncode, done.stdout) == (1, b"")
    assert sentence in stderr_of(done).splitlines()[0]


def test_a_variable_that_is_almost_a_setting_is_pointed_out(place: list[str]) -> None:
    there = {"HOWCANWE_BODY_BYTE_MAX": "1", "HOWCANWE_KEY": "k", "HOWCANWE_PORT_8000_TCP": "tcp://"}
    done = run("keys", "list", *place, settings=there)
    assert done.returncode == 0
    assert stderr_of(done) == (
        "howcanwe: HOWCANWE_BODY_BYTE_MAX is not a setting and has no effect;"
        " did you mean HOWCANWE_BODY_BYTES_MAX?\n"
    )


def test_a_setting_that_has_no_meaning_is_exit_code_2(place: list[str]) -> None:
    done = run("verify", *place, settings={"HOWCANWE_PORT": "abc", "HOWCANWE_BODY_BYTES_MAX": "-1"})
    assert (done.returncode, done.stdout) == (2, b"")
    assert "HOWCANWE_PORT: " in stderr_of(done)
    assert "HOWCANWE_BODY_BYTES_MAX: " in stderr_of(done)


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["record"], ["verify", "--nonsense"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, arguments, prog_name="howcanwe")
    assert done.exit_code == 2
    assert "Usage: howcanwe" in done.output

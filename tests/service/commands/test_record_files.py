"""`howcanwe record` of files: redirected ones, compressed ones, and those that are cut."""

import gzip
import subprocess
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import orjson
import pytest
import zstandard

from service.commands.recording.local import BATCH_EVENTS
from service.event_files import batches
from service.replay.manifests import journal, manifest
from service.samples.generator import generate
from tests.processes import PATIENCE_S, command, environment, run, stderr_of

PACKED: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


@pytest.fixture
def place(database_url: str) -> list[str]:
    """The option that names an empty log."""
    return ["--database-url", database_url]


def lines(events: int) -> bytes:
    """Return generated events, a line each."""
    generated = [orjson.dumps(event) + b"\n" for event in generate(cohorts=3, seed=11)]
    return b"".join(generated[:events])


def recorded_from(file: Path, place: list[str]) -> "subprocess.CompletedProcess[bytes]":
    """Run `howcanwe record - < file`."""
    with file.open("rb") as given:
        return subprocess.run(
            command("record", "-", *place),
            stdin=given,
            capture_output=True,
            timeout=PATIENCE_S,
            env=environment(),
        )


@pytest.mark.parametrize("suffix", ["", *PACKED])
def test_a_redirected_file_is_recorded(place: list[str], tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"events{suffix}"
    file.write_bytes(PACKED[suffix](lines(30)) if suffix else lines(30))
    done = recorded_from(file, place)
    assert stderr_of(done) == "howcanwe: 30 recorded, 0 already in the log\n"
    assert done.returncode == 0


@pytest.mark.parametrize("suffix", PACKED)
def test_compressed_files_are_recorded_by_name_or_through_a_pipe(
    place: list[str], tmp_path: Path, suffix: str
) -> None:
    pack = PACKED[suffix]
    # Members or frames behind one another, as `replay` writes them.
    text = pack(lines(20)) + pack(lines(30).removeprefix(lines(20)))
    file = tmp_path / f"events.ndjson{suffix}"
    file.write_bytes(text)
    done = run("record", file, *place)
    assert stderr_of(done) == "howcanwe: 30 recorded, 0 already in the log\n"
    done = run("record", "-", *place, stdin=text)
    assert stderr_of(done) == "howcanwe: 0 recorded, 30 already in the log\n"
    assert done.returncode == 0


@pytest.mark.parametrize("suffix", PACKED)
def test_of_a_cut_file_whole_batches_are_recorded_and_the_cut_is_reported(
    place: list[str], tmp_path: Path, suffix: str
) -> None:
    events = [orjson.loads(line) for line in lines(BATCH_EVENTS + 100).splitlines()]
    *whole, _ = accumulate(len(batch) for batch in batches(events, BATCH_EVENTS))
    text = PACKED[suffix](lines(BATCH_EVENTS + 100))
    file = tmp_path / f"events.ndjson{suffix}"
    file.write_bytes(text[:-1])
    done = run("record", file, *place)
    assert done.returncode == 1
    assert f"{file} is not whole: its compressed data is truncated" in stderr_of(done)
    count = int(stderr_of(done).splitlines()[-1].split()[1])
    assert count in whole
    file.write_bytes(text)
    assert run("record", file, *place).returncode == 0


def test_of_an_export_that_is_not_whole_nothing_is_recorded(
    place: list[str], tmp_path: Path
) -> None:
    whole, out = tmp_path / "whole.ndjson", tmp_path / "log.ndjson"
    whole.write_bytes(lines(30))
    assert run("record", whole, *place).returncode == 0
    assert run("replay", place[1], "--out", out).returncode == 0
    text = out.read_bytes()
    out.write_bytes(b"".join(text.splitlines(keepends=True)[:-1]))
    done = run("record", out, *place)
    assert done.returncode == 1
    assert stderr_of(done).startswith(f"howcanwe: {out} is truncated: ")
    manifest.place(out).rename(journal.place(out))
    done = run("record", out, *place)
    assert done.returncode == 1
    assert "its export is unfinished" in stderr_of(done)


def test_invalid_json_is_reported_by_the_file_s_line_alone(
    place: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "events.ndjson"
    file.write_bytes(lines(2) + b'{"a":\n')
    done = run("record", file, *place)
    assert "line 3: The text is not valid JSON: it breaks at column 6.\n" in stderr_of(done)


@pytest.mark.parametrize("called", ["record", "verify"])
def test_a_process_that_has_no_standard_input_says_so(called: str, place: list[str]) -> None:
    shell = ["/bin/sh", "-c", 'exec "$@" <&-', "sh"]
    options = place if called == "record" else []
    done = subprocess.run(
        [*shell, *command(called, "-", *options)],
        capture_output=True,
        env=environment(),
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stderr) == (1, b"howcanwe: there is no standard input\n")

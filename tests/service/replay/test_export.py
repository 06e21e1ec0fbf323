"""`howcanwe replay` into files: what is in them, that they are always the same, and what becomes of broken ones."""

import asyncio
import gzip
import os
import signal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
import zstandard

from events.lines.chain import line_hash
from events.log import EventLog
from events.store.reading import Selection
from service.replay.manifests import journal, manifest
from service.replay.manifests.journal import Journal
from service.replay.origin import LogMark, Origin
from tests.processes import Process, run, until
from tests.service.replay.logs import CHAIN, contents, fill, parsed, table, whole

LOSSLESS = ("log.ndjson", "log.ndjson.gz", "log.ndjson.zst", "log.arrow", "log.parquet")
FORMS = (*LOSSLESS, "log.csv", "log.json")


async def done(*arguments: str | Path, alone: bool = False) -> bytes:
    """Run `howcanwe` in a thread; return its output. It must succeed."""
    ran = await asyncio.to_thread(run, *arguments, alone=alone)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


async def refused(*arguments: str | Path) -> str:
    """Run `howcanwe`; return what it says. It must fail, in a sentence."""
    ran = await asyncio.to_thread(run, *arguments)
    assert ran.returncode == 1, ran.stdout.decode()[:200]
    assert b"Traceback" not in ran.stderr
    return ran.stderr.decode()


async def stored(url: str) -> bytes:
    """Return the log's lines as they are stored."""
    return b"".join(line.encode() + b"\n" for (line,) in await table(url, CHAIN))


async def test_without_options_the_lines_come_out_as_they_are_stored(filled_url: str) -> None:
    lines = await stored(filled_url)
    assert await done("replay", filled_url) == lines
    assert await done("replay", "--database-url", filled_url) == lines


@pytest.mark.parametrize("options", [(), ("--format", "csv"), ("--format", "arrow")])
async def test_a_dash_is_standard_output(
    filled_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = await done("replay", filled_url, *options)
    assert await done("replay", filled_url, "--out", "-", *options) == shown
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("name", LOSSLESS)
async def test_what_goes_through_a_lossless_form_into_an_empty_log_is_the_same_log(
    filled_url: str, empty_database_url: str, tmp_path: Path, name: str
) -> None:
    await done("replay", filled_url, "--out", tmp_path / name)
    reported = await done("verify", tmp_path / name)
    restored = await done("restore", tmp_path / name, "--database-url", empty_database_url)
    assert restored == reported
    assert await whole(empty_database_url) == await whole(filled_url)


async def test_compressed_lines_are_read_by_standard_tools(filled_url: str, tmp_path: Path) -> None:
    lines = await stored(filled_url)
    await done("replay", filled_url, "--out", tmp_path / "log.ndjson.gz")
    await done("replay", filled_url, "--out", tmp_path / "log.ndjson.zst")
    assert gzip.decompress((tmp_path / "log.ndjson.gz").read_bytes()) == lines
    with (
        (tmp_path / "log.ndjson.zst").open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as reader,
    ):
        assert reader.read() == lines


@pytest.mark.parametrize("name", FORMS)
async def test_the_same_range_gives_the_same_bytes_from_wherever_it_is_read(
    filled_url: str, tmp_path: Path, name: str
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    await done("replay", filled_url, "--out", tmp_path / "log")
    chosen = ("--after", "100", "--through", "300")
    await done("replay", filled_url, "--out", tmp_path / "one" / name, *chosen)
    await done("replay", tmp_path / "log", "--out", tmp_path / "two" / name, *chosen, alone=True)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


async def test_a_manifest_lists_what_an_export_holds(filled_url: str, tmp_path: Path) -> None:
    out = tmp_path / "log.ndjson"
    await done("replay", filled_url, "--out", out, "--after", "5", "--through", "20")
    lines = out.read_bytes().splitlines()
    found = manifest.Manifest.read(out)
    assert found.events == len(lines) == 15
    assert found.first == LogMark(6, line_hash(lines[0]))
    assert found.last == LogMark(20, line_hash(lines[-1]))
    first = (await stored(filled_url)).splitlines()[0]
    assert found.origin == Origin(LogMark(1, line_hash(first)), "everything")
    [file] = found.files
    assert (file.path, file.size_bytes) == ("log.ndjson", out.stat().st_size)
    assert file.sha256 == line_hash(out.read_bytes())


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (("--type", "iteration.planned"), lambda e: e["type"].endswith("iteration.planned.v1")),
        (
            ("--from", "2015-06-01T00:00:00Z", "--to", "2015-09-01T00:00:00+00:00"),
            lambda e: "2015-06-01" <= e["time"] < "2015-09-01",
        ),
        (
            ("--from", "2015-06-01", "--to", "2015-09-01"),
            lambda e: "2015-06-01" <= e["time"] < "2015-09-01",
        ),
        (
            ("--after", "40", "--type", "note.added"),
            lambda e: e["position"] > 40 and "note" in e["type"],
        ),
    ],
)
async def test_a_selection_holds_from_a_log_and_from_a_file(
    filled_url: str, tmp_path: Path, options: tuple[str, ...], kept: object
) -> None:
    assert callable(kept)
    await done("replay", filled_url, "--out", tmp_path / "log.ndjson")
    expected = [event for event in parsed(await stored(filled_url)) if kept(event)]
    assert expected
    assert parsed(await done("replay", filled_url, *options)) == expected
    assert parsed(await done("replay", tmp_path / "log.ndjson", *options)) == expected


async def test_a_stream_is_read_from_a_log_and_not_from_a_file(
    filled_url: str, tmp_path: Path
) -> None:
    [(stream, count)] = await table(
        filled_url,
        "select stream, count(*) from stream_events where stream like 'iteration/%'"
        " group by stream order by 2 desc limit 1",
    )
    assert len(parsed(await done("replay", filled_url, "--stream", stream))) == count
    await done("replay", filled_url, "--out", tmp_path / "log.ndjson")
    reported = await refused("replay", tmp_path / "log.ndjson", "--stream", stream)
    assert "a file does not contain the streams" in reported


@pytest.mark.parametrize("name", ["copy.ndjson", "copy.arrow", "copy.parquet", "copy.json"])
async def test_an_export_of_a_stream_goes_into_other_forms(
    filled_url: str, tmp_path: Path, name: str
) -> None:
    part, copy = tmp_path / "part.ndjson", tmp_path / name
    [(stream,)] = await table(filled_url, "select stream from stream_events limit 1")
    await done("replay", filled_url, "--stream", stream, "--out", part)
    await done("replay", part, "--out", copy)
    assert await done("verify", copy) == await done("verify", part)
    found = [manifest.Manifest.read(path).selection for path in (part, copy)]
    assert found[0] == found[1]
    assert found[0].streams == (stream,)


@pytest.mark.parametrize("name", FORMS)
async def test_an_export_cut_anywhere_is_recognised(
    filled_url: str, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    await done("replay", filled_url, "--out", out, "--through", "60")
    found = manifest.Manifest.read(out)
    assert not list(found.faults(out))
    for file in found.files:
        path = tmp_path / file.path
        text = path.read_bytes()
        cuts = sorted({0, 1, len(text) - 1, *Random(7).choices(range(len(text)), k=12)})
        for cut in cuts:
            path.write_bytes(text[:cut])
            assert list(found.faults(out)) == [
                f"{path} is truncated: {cut} bytes; expected {file.size_bytes}"
            ]
        path.write_bytes(text)
    assert not list(found.faults(out))


async def test_a_cut_file_is_refused_by_the_commands(filled_url: str, tmp_path: Path) -> None:
    out = tmp_path / "log.ndjson.zst"
    await done("replay", filled_url, "--out", out)
    text = out.read_bytes()
    out.write_bytes(text[:-1])
    assert "is truncated" in await refused("verify", out)
    out.write_bytes(text[:-1] + bytes([text[-1] ^ 1]))
    assert "SHA-256" in await refused("verify", out)
    out.write_bytes(text)
    place = manifest.place(out)
    whole_manifest = place.read_bytes()
    for cut in (0, 1, len(whole_manifest) // 2, len(whole_manifest) - 3):
        place.write_bytes(whole_manifest[:cut])
        assert "not a valid manifest" in await refused("verify", out)
    place.unlink()
    missing = "its manifest log.ndjson.zst.manifest.json, which is written last, is missing"
    assert missing in await refused("verify", out)


async def test_a_manifest_of_other_lines_is_found_out(filled_url: str, tmp_path: Path) -> None:
    out = tmp_path / "log.ndjson"
    await done("replay", filled_url, "--out", out)
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:50] + lines[51:]))
    written = orjson.loads(manifest.place(out).read_bytes())
    written["files"][0] |= {
        "size_bytes": out.stat().st_size,
        "sha256": manifest.digest(out),
    }
    manifest.place(out).write_bytes(orjson.dumps(written))
    assert "not those of its manifest" in await refused("verify", out)


@pytest.mark.parametrize(
    "name", ["log.ndjson", "log.ndjson.gz", "log.arrow", "log.csv", "log.parquet"]
)
async def test_a_killed_export_resumes_without_a_gap_or_a_repeat(
    long_url: str, tmp_path: Path, name: str
) -> None:
    whole_out, out = tmp_path / "whole" / name, tmp_path / "killed" / name
    whole_out.parent.mkdir()
    out.parent.mkdir()
    await done("replay", long_url, "--out", whole_out)
    # Between two pages of the source it may be stopped for as long as it takes to be killed.
    with Process("replay", long_url, "--out", out) as process:
        await asyncio.to_thread(until, lambda: journal.place(out).exists())
        process.send(signal.SIGSTOP)
        process.popen.kill()
        code = process.wait()
    assert code == -signal.SIGKILL
    assert not manifest.place(out).exists()
    ran = await asyncio.to_thread(run, "replay", long_url, "--out", out)
    assert ran.returncode == 0, ran.stderr
    assert contents(out.parent) == contents(whole_out.parent)
    assert not journal.place(out).exists()


async def test_a_resumed_export_ends_where_it_was_to_end(log: EventLog, tmp_path: Path) -> None:
    await fill(log, cohorts=1)
    head = await log.head()
    out = tmp_path / "log.ndjson"
    Journal("ndjson", Selection(through=head)).write(out)
    await log.append(_registrations(3, "later"))
    await done("replay", log.url, "--out", out)
    assert manifest.Manifest.read(out).last is not None
    assert len(out.read_bytes().splitlines()) == head


async def test_another_export_does_not_continue_in_its_place(log: EventLog, tmp_path: Path) -> None:
    await fill(log, cohorts=1)
    out = tmp_path / "log.ndjson"
    Journal("ndjson", Selection(through=100)).write(out)
    reported = await refused("replay", log.url, "--out", out, "--after", "10")
    assert "unfinished export with other options" in reported
    out.touch()
    journal.place(out).unlink()
    assert "exists" in await refused("replay", log.url, "--out", out)


def _registrations(count: int, prefix: str) -> list[dict[str, Any]]:
    return [
        {
            "specversion": "1.0",
            "id": f"{prefix}-{number}",
            "source": "urn:example:later",
            "type": "org.howcanwe.organisation.registered.v1",
            "time": "2025-11-18T19:30:00+00:00",
            "data": {"organisation": f"{prefix}-{number}", "name": "Later", "sector": "museums"},
        }
        for number in range(count)
    ]


def _holds(out: Path, lines: int) -> bool:
    return len(out.read_bytes().splitlines()) == lines


async def test_a_follower_prints_what_comes_and_leaves_a_whole_file(
    log: EventLog, tmp_path: Path
) -> None:
    count = await fill(log, cohorts=1)
    out = tmp_path / "live.ndjson"
    for more in range(2):
        with Process("replay", log.url, "--follow", "--out", out) as process:
            await asyncio.to_thread(until, lambda: process.says("caught up"))
            await log.append(_registrations(2, f"later-{more}"))
            count += 2
            await asyncio.to_thread(until, partial(_holds, out, count))
            process.send(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait) == 0, process.err.text
        assert (await done("verify", out)).startswith(b"%d " % count)
    assert out.read_bytes() == await stored(log.url)


async def test_a_reader_that_has_enough_ends_the_replay_quietly(filled_url: str) -> None:
    read, write = os.pipe()
    ended = Process("replay", filled_url, stdin=read)
    os.close(read)
    os.close(write)
    with ended as process:
        assert process.popen.stdout is not None
        assert await asyncio.to_thread(process.wait) == 0


@pytest.mark.parametrize("name", FORMS)
async def test_an_export_of_nothing_is_whole(
    filled_url: str, database_url: str, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    await done("replay", filled_url, "--out", out, "--after", "1000000")
    assert await done("verify", out) == b"0 %s\n" % (b"0" * 64)
    assert manifest.Manifest.read(out).first is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--format", "parquet"), "name it with --out"),
        (("--format", "parquet", "--out", "-"), "name it with --out"),
        (("--fold", "journeys", "--out", "-"), "--fold needs --out, the folder"),
        (("--out", "-", "--reconcile"), "--reconcile does not work with standard output"),
        (("--out", "log.doc"), ".doc is not the ending of a format"),
        (("--out", "log.ndjsn.gz"), ".ndjsn is not the ending of a format"),
        (("--format", "ocel", "--follow"), "csv and arrow can be followed"),
        (("--follow", "--through", "5"), "a selection with an end cannot be followed"),
        (("--type", "nothing.happened"), "there is no event type nothing.happened"),
        (("--stream", "mill-museum"), "there is no stream 'mill-museum'"),
        (("--from", "yesterday"), "is not a time"),
        (("--from", "2025-1-1"), "expected a day such as 2024-05-01 or a time such as"),
        (("--from", "2025-02-30"), "is not a time"),
        (("--partition", "cohort"), "only Parquet is partitioned"),
        (("--out", "log.parquet", "--partition", "cohort,week"), "not by cohort,week"),
        (("--consumer", "nightly"), "needs a server, which stores the position"),
    ],
)
async def test_an_impossible_argument_is_refused_in_a_sentence(
    database_url: str, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in await refused("replay", database_url, *arguments)


async def test_a_log_that_is_not_empty_is_not_restored_into(
    filled_url: str, tmp_path: Path
) -> None:
    await done("replay", filled_url, "--out", tmp_path / "log.ndjson")
    before = await whole(filled_url)
    reported = await refused("restore", tmp_path / "log.ndjson", "--database-url", filled_url)
    assert "the log is not empty" in reported
    assert await whole(filled_url) == before


@pytest.mark.parametrize("change", ["gap", "text", "end"])
async def test_what_is_not_a_full_export_leaves_the_log_empty(
    filled_url: str, empty_database_url: str, tmp_path: Path, change: str
) -> None:
    lines = (await stored(filled_url)).splitlines(keepends=True)
    match change:
        case "gap":
            del lines[70]
        case "text":
            lines[70] = lines[70].replace(b'"time":"20', b'"time":"19')
        case "end":
            lines[-1] = lines[-1][:-10]
    (tmp_path / "log.ndjson").write_bytes(b"".join(lines))
    reported = await refused(
        "restore", tmp_path / "log.ndjson", "--database-url", empty_database_url
    )
    expected = {
        "gap": "not a full export: at position 7",
        "text": "log.ndjson: the hash chain is broken at position 72",
        "end": "log.ndjson ends in the middle of a line",
    }
    assert expected[change] in reported
    assert await table(empty_database_url, "select count(*) from events") == [(0,)]


async def test_names_stay_unreadable_after_a_restore(
    filled_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    await done("replay", filled_url, "--out", tmp_path / "log.ndjson")
    ran = await asyncio.to_thread(
        run, "restore", tmp_path / "log.ndjson", "--database-url", empty_database_url
    )
    assert b"their names stay unreadable" in ran.stderr
    assert await table(filled_url, "select count(*) > 0 from person_keys") == [(True,)]
    assert await table(empty_database_url, "select count(*) from person_keys") == [(0,)]

"""`howcanwe replay` to a name that is taken: it continues behind what is there, or says why it does not."""

import shutil
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from events.vocabulary.catalogue import Catalogue
from events.vocabulary.types import EVENT_TYPES
from service.cli import app
from service.replay.export import writers
from service.replay.manifests import journal, manifest
from tests.service.replay.logs import chained, contents

pytest.importorskip("pyarrow", reason="columns need the extra `arrow`")

GROWING = ("log.ndjson", "log.csv", "log.parquet")
ENDED = ("log.ndjson.gz", "log.ndjson.zst", "log.csv.gz", "log.arrow", "log.json")
FEWER = 60


def called(*arguments: str | Path) -> Result:
    """Call `howcanwe` in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def done(*arguments: str | Path) -> str:
    """Call it; it must succeed. Return what it says on standard error."""
    result = called(*arguments)
    assert result.exit_code == 0, (result.stderr, result.exception)
    return result.stderr


def refused(*arguments: str | Path) -> str:
    """Call it; it must fail, in a sentence."""
    result = called(*arguments)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1, result.stdout[:200]
    return result.stderr


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The lines of a log, to be called `log`; some are there, `grow` lets all be."""
    path = tmp_path / "lines" / "log"
    path.parent.mkdir()
    path.write_bytes(b"".join(chained(1, 0.5).splitlines(keepends=True)[:FEWER]))
    return path


def grow(log: Path) -> int:
    """Let the log have all its lines; return how many."""
    log.write_bytes(chained(1, 0.5))
    return len(chained(1, 0.5).splitlines())


def with_types_in(log: Path) -> Catalogue:
    """Return the vocabulary of an earlier release, which had only the types of a log."""
    lines = log.read_text()
    return Catalogue([found for found in EVENT_TYPES if found.wire_name() in lines])


def another(log: Path) -> Path:
    """Return another log, of more lines, which begins as this one."""
    path = log.with_name("other")
    path.write_bytes(chained(2, 1))
    ours, theirs = log.read_bytes().splitlines(), path.read_bytes().splitlines()
    assert ours[0] == theirs[0]
    assert ours[-1] not in theirs
    return path


@pytest.mark.parametrize("name", GROWING)
def test_a_whole_export_is_continued_to_the_bytes_of_a_new_one(
    log: Path, tmp_path: Path, name: str
) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    out = tmp_path / "one" / name
    assert f"{FEWER} events in {out}" in done("replay", log, "--out", out)
    count = grow(log)
    reported = done("replay", log, "--out", out)
    assert f"continues after {FEWER} events" in reported
    assert f"{count - FEWER} added, {count} events in {out}" in reported
    done("replay", log, "--out", tmp_path / "two" / name)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("name", [*GROWING, *ENDED])
def test_where_nothing_is_new_nothing_is_written_and_that_is_reported(
    log: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "one" / name
    out.parent.mkdir()
    done("replay", log, "--out", out)
    before = contents(out.parent)
    assert f"nothing to add: {out} and its manifest already have all {FEWER} events" in done(
        "replay", log, "--out", out
    )
    assert contents(out.parent) == before


@pytest.mark.parametrize("name", ENDED)
def test_a_form_that_cannot_grow_is_refused_where_the_log_has_more(
    log: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "one" / name
    out.parent.mkdir()
    done("replay", log, "--out", out)
    before = contents(out.parent)
    grow(log)
    assert f"{name} cannot be continued" in refused("replay", log, "--out", out)
    assert contents(out.parent) == before


@pytest.mark.parametrize("name", [*GROWING, *ENDED])
def test_an_export_of_another_log_is_left_alone(log: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "one" / name
    out.parent.mkdir()
    done("replay", log, "--out", out)
    before = contents(out.parent)
    assert "log.diverged" in refused("replay", another(log), "--out", out)
    assert contents(out.parent) == before


@pytest.mark.parametrize("name", ["log.ndjson", "log.csv", "log.ndjson.zst", "log.arrow"])
def test_an_export_that_broke_off_is_not_finished_from_another_log(
    log: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "one" / name
    out.parent.mkdir()
    done("replay", log, "--out", out)
    found = manifest.Manifest.read(out)
    made = journal.Journal(
        form=found.form,
        selection=found.selection.between(0, 80),
        events=found.events,
        size_bytes=out.stat().st_size,
        first=found.first,
        last=found.last,
    )
    made.write(out)
    manifest.place(out).unlink()
    out.rename(out.with_name(f"{name}.part"))
    assert "log.diverged" in refused("replay", another(log), "--out", out)
    assert not out.exists()


def test_an_export_for_another_viewer_or_of_another_selection_is_left_alone(
    log: Path, tmp_path: Path
) -> None:
    export, out = tmp_path / "export.ndjson", tmp_path / "log.ndjson"
    done("replay", log, "--out", export)
    content = orjson.loads(manifest.place(export).read_bytes())
    content["origin"]["viewer"] = "key 0123456789abcdef"
    manifest.place(export).write_bytes(orjson.dumps(content))
    done("replay", log, "--out", out)
    before = out.read_bytes()
    assert "another viewer (unknown, now key 0123456789abcdef)" in refused(
        "replay", export, "--out", out
    )
    assert "other options" in refused("replay", log, "--out", out, "--type", "note.added")
    assert "other options" in refused("replay", log, "--out", out, "--after", "3")
    assert out.read_bytes() == before


@pytest.mark.parametrize("change", ["lengthened", "cut", "altered"])
def test_a_file_that_was_changed_is_not_continued(log: Path, tmp_path: Path, change: str) -> None:
    out = tmp_path / "one" / "log.csv"
    out.parent.mkdir()
    done("replay", log, "--out", out)
    text = out.read_bytes()
    out.write_bytes(
        {
            "lengthened": text + b"tampered,row\n",
            "cut": text[:-9],
            "altered": text.replace(b"c0000", b"c0001", 1),
        }[change]
    )
    before = contents(out.parent)
    grow(log)
    refused("replay", log, "--out", out)
    refused("verify", out)
    assert contents(out.parent) == before


def test_a_file_that_was_lengthened_behind_a_follower_is_not_continued(
    log: Path, tmp_path: Path
) -> None:
    out = tmp_path / "one" / "log.csv"
    out.parent.mkdir()
    done("replay", log, "--out", out)
    made = journal.Journal.of_whole(manifest.Manifest.read(out), out)
    # A follower that has ended leaves its journal beside the manifest.
    replace(made, selection=replace(made.selection, through=None), ended=False).write(out)
    text = out.read_bytes()
    out.write_bytes(text + b"tampered,row\n")
    before = contents(out.parent)
    grow(log)
    assert "log.csv has grown" in refused("replay", log, "--out", out)
    assert contents(out.parent) == before
    out.write_bytes(text)
    assert f"continues after {FEWER} events" in done("replay", log, "--out", out)


@pytest.mark.parametrize("name", ["log.csv", "log.csv --for excel"])
def test_an_export_of_a_release_with_fewer_columns_is_written_again(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    given, *options = name.split()
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    out = tmp_path / "one" / given
    with monkeypatch.context() as earlier:
        earlier.setattr(writers, "VOCABULARY", with_types_in(log))
        done("replay", log, *options, "--out", out)
        fewer = out.read_bytes().splitlines()[0]
    grow(log)
    done("replay", log, *options, "--out", out)
    done("replay", log, *options, "--out", tmp_path / "two" / given)
    assert out.read_bytes().splitlines()[0] != fewer
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_an_export_of_a_part_stays_one_through_any_copy(log: Path, tmp_path: Path) -> None:
    part, copy = tmp_path / "part.ndjson", tmp_path / "copy.parquet"
    done("replay", log, "--out", part, "--after", "10")
    done("replay", part, "--out", copy)
    assert manifest.Manifest.read(copy).selection.after == 10
    for source in (part, copy):
        assert "part of a log" in refused(
            "replay", source, "--fold", "journeys", "--out", tmp_path / "models"
        )
        shutil.rmtree(tmp_path / "models", ignore_errors=True)


def test_verify_looks_at_what_it_was_given(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("replay", log, "--out", tmp_path / "s.csv")
    shutil.copy(tmp_path / "s.csv", tmp_path / "t.csv")
    shutil.copy(tmp_path / "s.csv.manifest.json", tmp_path / "t.csv.manifest.json")
    monkeypatch.chdir(tmp_path)
    assert "the export is whole" in done("verify", "t.csv")
    with (tmp_path / "t.csv").open("a") as file:
        file.write("tampered,row\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "../t.csv has grown" in refused("verify", "../t.csv")
    assert "the export is whole" in done("verify", "../s.csv")


def test_a_folder_is_verified_from_within(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("replay", log, "--out", tmp_path / "log.parquet")
    (tmp_path / "log.parquet").rename(tmp_path / "moved")
    manifest.place(tmp_path / "log.parquet").rename(manifest.place(tmp_path / "moved"))
    monkeypatch.chdir(tmp_path / "moved")
    assert "the export is whole" in done("verify", ".")


def test_a_missing_manifest_is_reported(log: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.ndjson.zst"
    done("replay", log, "--out", out)
    assert "no manifest" not in done("replay", out)
    manifest.place(out).unlink()
    for command in ("replay", "insights"):
        assert "has no manifest, so it is unknown whether events are missing" in done(command, out)
    reported = done("replay", out, "--fold", "journeys", "--out", tmp_path / "models")
    assert "has no manifest, so it is unknown whether events are missing" in reported


@pytest.mark.parametrize("command", ["replay", "fold", "insights", "verify"])
def test_an_export_under_way_is_reported_by_its_final_name(tmp_path: Path, command: str) -> None:
    out = tmp_path / "log.ndjson"
    journal.place(out).write_bytes(b"{}")
    fold = ("--fold", "journeys", "--out", tmp_path / "models") if command == "fold" else ()
    reported = refused("replay" if command == "fold" else command, out, *fold)
    assert "log.ndjson is not whole: its export is unfinished" in reported


@pytest.mark.parametrize("name", ["log.ndjson", "log.csv", "log.parquet", "log.delta", "log.arrow"])
@pytest.mark.parametrize("writes", [0, 1], ids=["before its journal", "after its journal"])
def test_the_same_command_finishes_an_export_that_had_hardly_begun(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, writes: int
) -> None:
    out = tmp_path / "one" / name
    out.parent.mkdir()
    written = 0

    def killed(self: journal.Journal, place: Path) -> None:
        nonlocal written
        if written == writes:
            raise KeyboardInterrupt
        written += 1
        write(self, place)

    def wrote_no_snapshot(table: Path, *_: object, **__: object) -> None:
        table.mkdir(exist_ok=True)
        (table / "part-0.parquet").write_bytes(b"PAR1")
        raise KeyboardInterrupt

    write = journal.Journal.write
    with monkeypatch.context() as patched:
        patched.setattr(journal.Journal, "write", killed)
        if name == "log.delta":
            reason = "Delta tables need the extra `delta`"
            deltalake = pytest.importorskip("deltalake", reason=reason)
            patched.setattr(deltalake, "write_deltalake", wrote_no_snapshot)
        assert called("replay", log, "--out", out).exit_code != 0
    assert f"{FEWER} events in {out}" in done("replay", log, "--out", out)
    assert "nothing to add" in done("replay", log, "--out", out)


def test_the_same_command_folds_again_what_an_interrupted_fold_left(
    log: Path, tmp_path: Path
) -> None:
    out, fresh = tmp_path / "models", tmp_path / "fresh"
    for folder in (out, fresh):
        done("replay", log, "--fold", "journeys", "--out", folder)
    assert "already exists" in refused("replay", log, "--fold", "journeys", "--out", out)
    # As a kill leaves it: the digest is not in its place, and a table lacks its file.
    (out / "digest.json").rename(out / "digest.json.part")
    (out / "timeline" / "part-00000.parquet").unlink()
    (out / "failures" / "part-00007.parquet").write_bytes(b"PAR1")
    done("replay", log, "--fold", "journeys", "--out", out)
    assert contents(out) == contents(fresh)


@pytest.mark.parametrize(
    "name", ["mine.parquet", "failures/mine.parquet", "mine/part-00000.parquet"]
)
def test_a_fold_does_not_remove_what_is_somebody_else_s(
    log: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "models"
    (out / "failures").mkdir(parents=True)
    (out / "failures" / "part-00000.parquet").touch()
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).touch()
    before = contents(out)
    assert "already exists" in refused("replay", log, "--fold", "journeys", "--out", out)
    assert contents(out) == before

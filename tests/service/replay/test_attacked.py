"""Exports that were cut, changed, mixed, renamed, shortened or lengthened: no command accepts one as whole."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.errors import ServiceError
from service.replay.cluster.partitions import partitions_of
from service.replay.errors import NotWhole
from service.replay.export.check import checked
from service.replay.export.parquet_folder import FolderExport
from service.replay.export.single_file import Export
from service.replay.export.writers import writer_of
from service.replay.export_format import ExportFormat, compression_of
from service.replay.formats.hive import COLUMNS
from service.replay.log import open_log
from service.replay.manifests import journal, manifest
from service.replay.manifests.journal import Journal
from service.replay.sources.file import file_source
from tests.service.replay.logs import chained, contents

pytest.importorskip("pyarrow", reason="columns need the extra `arrow`")
pytest.importorskip("fsspec", reason="pieces of a folder need the extra `cluster`")

PARTED = "parted.parquet"
FOLDERS = ("log.parquet", PARTED)
LOSSLESS = ("log.ndjson", "log.ndjson.gz", "log.ndjson.zst", "log.arrow", *FOLDERS)
NAMES = (*LOSSLESS, "log.csv", "log.csv.gz", "log.csv.zst", "log.json")
PLACES = [4, pytest.param(50, marks=pytest.mark.long)]
WINDOW_BYTES = 100_000


@dataclass
class Exports:
    """A log and another one, each in every form."""

    lines: Path
    one: Path
    other: Path


def export(source: Path, out: Path) -> None:
    """Export the lines in a file."""
    opened = file_source(source)
    if out.suffix == ".parquet":
        partition = COLUMNS if PARTED in out.name else ()
        FolderExport(
            opened, out, Selection(), _silent, VOCABULARY, WINDOW_BYTES, partition=partition
        ).run()
        return
    form = ExportFormat.of(out)
    made = Export(opened, out, form, Selection(), _silent)
    made.run(lambda written: writer_of(form, opened, made.selection, written))


def _silent(events: int, position: int) -> None:
    pass


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    folder = tmp_path_factory.mktemp("exports")
    made = Exports(folder / "lines.ndjson", folder / "one", folder / "other")
    made.lines.write_bytes(chained(1, 0.6))
    (folder / "others.ndjson").write_bytes(chained(2, 0.4))
    for side, lines in ((made.one, made.lines), (made.other, folder / "others.ndjson")):
        side.mkdir()
        for name in NAMES:
            export(lines, side / name)
    return made


def copied(exports: Exports, name: str, folder: Path) -> Path:
    """Return a copy of an export with its manifest."""
    out = folder / name
    if (exports.one / name).is_dir():
        shutil.copytree(exports.one / name, out)
    else:
        shutil.copy(exports.one / name, out)
    shutil.copy(manifest.place(exports.one / name), manifest.place(out))
    return out


def commands(out: Path, source: Path) -> dict[str, Callable[[], object]]:
    """Return what `verify`, `replay`, `restore`, `--fold` and another `replay --out` do first with an export."""
    found: dict[str, Callable[[], object]] = {
        "verify": lambda: checked(out),
        "again": lambda: export(source, out),
    }
    if ExportFormat.of(out).is_lossless:
        found["replay"] = lambda: list(open_log(out))
        found["fold"] = lambda: [piece.lines() for piece in partitions_of(str(out))]
    return found


def read_as_whole(out: Path, source: Path) -> list[str]:
    """Return the commands that take the export for whole; all others refuse it in a sentence."""
    took = []
    for name, command in commands(out, source).items():
        try:
            command()
        except ServiceError as error:
            assert out.name in str(error)
        else:
            took.append(name)
    return took


def attacks(text: bytes, other: bytes, random: Random) -> Iterator[tuple[str, bytes]]:
    """Yield what a file may become, at a place of chance."""
    at = random.randrange(len(text))
    yield f"cut at {at}", text[:at]
    yield (
        f"flipped at {at}",
        text[:at] + bytes([text[at] ^ 1 << random.randrange(8)]) + text[at + 1 :],
    )
    yield f"mixed from {at}", text[:at] + other[at:]
    yield f"shortened at {at}", text[:at] + text[at + random.randint(1, 40) :]
    yield f"lengthened at {at}", text[:at] + random.randbytes(9) + text[at:]
    yield "lengthened by itself", text + text
    yield "lengthened by another", text + other


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_export_is_read_also_under_another_name(
    exports: Exports, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = copied(exports, name, tmp_path)
    every = list(commands(out, exports.lines))
    assert read_as_whole(out, exports.lines) == every
    renamed = out.with_name(f"renamed-{name}")
    out.rename(renamed)
    manifest.place(out).rename(manifest.place(renamed))
    assert read_as_whole(renamed, exports.lines) == every
    monkeypatch.chdir(tmp_path)
    assert read_as_whole(Path(renamed.name), exports.lines) == every


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("name", NAMES)
def test_a_changed_export_is_read_as_whole_by_no_command(
    exports: Exports, tmp_path: Path, name: str, places: int
) -> None:
    random = Random(f"{name} {places}")
    out = copied(exports, name, tmp_path)
    renamed = out.with_name(f"renamed-{name}")
    files = sorted(path for path in out.rglob("*") if path.is_file()) if out.is_dir() else [out]
    for _ in range(places):
        path = random.choice(files)
        text, twin = path.read_bytes(), _twin(exports, out, path)
        for what, changed in attacks(text, twin, random):
            if changed == text:
                continue
            path.write_bytes(changed)
            assert read_as_whole(out, exports.lines) == [], (path, what)
            # Nor with another name, beside the whole one.
            shutil.copy(manifest.place(out), manifest.place(renamed))
            out.rename(renamed)
            assert read_as_whole(renamed, exports.lines) == [], (path, what)
            renamed.rename(out)
            path.write_bytes(text)
    assert read_as_whole(out, exports.lines) == list(commands(out, exports.lines))


def _twin(exports: Exports, out: Path, path: Path) -> bytes:
    """Return the bytes of a file of another log's export, else of another file of this one."""
    if path == out:
        return (exports.other / out.name).read_bytes()
    other = exports.other / out.name / path.relative_to(out)
    return other.read_bytes() if other.exists() else b"PAR1" * 999


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("given", "changed"),
    [
        (b'"form": "', b'"form": "x'),
        (b'"through": ', b'"through": 0.'),
        (b'"after": 0', b'"after": 1'),
        (b'"version": 1', b'"version": 2'),
        (b'"howcanwe": "export"', b'"howcanwe": "expert"'),
    ],
)
def test_an_export_with_a_manifest_that_contradicts_itself_is_read_as_whole_by_no_command(
    exports: Exports, tmp_path: Path, name: str, given: bytes, changed: bytes
) -> None:
    out = copied(exports, name, tmp_path)
    text = manifest.place(out).read_bytes()
    manifest.place(out).write_bytes(text.replace(given, changed, 1))
    assert read_as_whole(out, exports.lines) == []


@pytest.mark.parametrize("what", ["removed", "renamed", "added", "swapped", "emptied"])
def test_a_folder_of_other_files_is_read_as_whole_by_no_command(
    exports: Exports, tmp_path: Path, what: str
) -> None:
    out = copied(exports, PARTED, tmp_path)
    files = sorted(out.rglob("*.parquet"))
    match what:
        case "removed":
            files[3].unlink()
        case "renamed":
            files[3].rename(files[3].with_name("window-000099.parquet"))
        case "added":
            shutil.copy(files[3], files[3].with_name("window-000099.parquet"))
        case "swapped":
            one, two = files[1].read_bytes(), files[2].read_bytes()
            files[1].write_bytes(two)
            files[2].write_bytes(one)
        case "emptied":
            shutil.rmtree(out)
            out.mkdir()
    assert read_as_whole(out, exports.lines) == []


@pytest.mark.parametrize("name", FOLDERS)
def test_a_continued_folder_with_a_file_of_before_is_read_as_whole_by_no_command(
    exports: Exports, tmp_path: Path, name: str
) -> None:
    lines, out = tmp_path / "lines.ndjson", tmp_path / name
    text = exports.lines.read_bytes().splitlines(keepends=True)
    earlier: dict[str, bytes] = {}
    before: dict[str, bytes] = {}
    # Each run writes the last window again, and earlier ones in which something was voided or corrected since.
    for events in (len(text) // 3, len(text) * 2 // 3, len(text)):
        lines.write_bytes(b"".join(text[:events]))
        export(lines, out)
        earlier, before = before, contents(out)
    assert before == contents(exports.one / name)
    changed = [path for path in earlier if path in before and earlier[path] != before[path]]
    assert changed
    for path in changed:
        (out / path).write_bytes(earlier[path])
        assert read_as_whole(out, lines) == []
        (out / path).write_bytes(before[path])
    assert read_as_whole(out, lines) == list(commands(out, lines))


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in FOLDERS])
def test_an_export_under_way_is_not_read_and_resumes_only_as_it_was(
    exports: Exports, tmp_path: Path, name: str, places: int
) -> None:
    random = Random(f"{name} {places}")
    whole = copied(exports, name, tmp_path)
    ended = Journal.of_whole(manifest.Manifest.read(whole), whole)
    text, expected = whole.read_bytes(), contents(tmp_path)
    manifest.place(whole).unlink()
    part = whole.with_name(name + journal.PART)
    whole.rename(part)
    for _ in range(places):
        for what, changed in attacks(text, (exports.other / name).read_bytes(), random):
            if changed == text:
                continue
            ended.write(whole)
            part.write_bytes(changed)
            with pytest.raises(ServiceError):
                checked(whole)
            with pytest.raises(ServiceError):
                list(open_log(part))
            if not what.startswith("lengthened by"):
                with pytest.raises(NotWhole, match=r"SHA-256|journal"):
                    export(exports.lines, whole)
            journal.place(whole).unlink(missing_ok=True)
            whole.unlink(missing_ok=True)
    ended.write(whole)
    part.write_bytes(text)
    export(exports.lines, whole)
    assert contents(tmp_path) == expected


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_under_way_is_not_read_and_resumes_only_as_it_was(
    exports: Exports, tmp_path: Path, name: str
) -> None:
    out = copied(exports, name, tmp_path)
    made = Journal.of_whole(manifest.Manifest.read(out), out)
    manifest.place(out).unlink()
    made.write(out)
    for command in ("verify", "replay", "fold"):
        with pytest.raises(NotWhole):
            commands(out, exports.lines)[command]()
    file = sorted(out.rglob("*.parquet"))[-1]
    text = file.read_bytes()
    file.write_bytes(text[:-20] + bytes([text[-20] ^ 1]) + text[-19:])
    with pytest.raises(NotWhole, match="SHA-256"):
        export(exports.lines, out)
    file.write_bytes(text)
    export(exports.lines, out)
    assert contents(out) == contents(exports.one / name)


@pytest.mark.parametrize("name", ["log.ndjson", "log.ndjson.gz", "log.ndjson.zst", "log.arrow"])
def test_without_a_manifest_a_cut_or_changed_line_is_reported(
    exports: Exports, tmp_path: Path, name: str
) -> None:
    random = Random(name)
    out = tmp_path / name
    text = (exports.one / name).read_bytes()
    for _ in range(50):
        # Only a manifest shows that a whole line is missing.
        at = random.randrange(1, len(text))
        if text[at - 1 : at] == b"\n":
            continue
        out.write_bytes(text[:at])
        with pytest.raises(NotWhole, match=name):
            list(open_log(out).lines())
    if name == "log.arrow":
        return
    # No later line confirms the last one.
    end = text.rstrip(b"\n").rfind(b"\n") if compression_of(out) is None else len(text)
    for _ in range(50):
        at = random.randrange(end)
        out.write_bytes(text[:at] + bytes([text[at] ^ 1 << random.randrange(8)]) + text[at + 1 :])
        try:
            lines = b"".join(open_log(out).lines())
        except NotWhole as error:
            assert name in str(error)
        else:
            # The header of a compressed file may hold what changes nothing.
            assert lines == exports.lines.read_bytes()


def test_a_damaged_line_is_reported_with_file_line_and_position(
    exports: Exports, tmp_path: Path
) -> None:
    lines = exports.lines.read_bytes().splitlines(keepends=True)
    lines[40] = lines[40].replace(b'"', b"'", 3)
    (tmp_path / "log.ndjson").write_bytes(b"".join(lines))
    with pytest.raises(
        NotWhole, match=r"log\.ndjson, line 41, after position 40, is not an event of a log: "
    ):
        list(open_log(tmp_path / "log.ndjson"))


def test_without_a_manifest_a_damaged_line_is_reported_each_time(
    exports: Exports, tmp_path: Path
) -> None:
    lines = exports.lines.read_bytes().splitlines(keepends=True)
    lines[40] = lines[40].replace(b'"time":"20', b'"time":"19')
    (tmp_path / "log.ndjson").write_bytes(b"".join(lines))
    log = open_log(tmp_path / "log.ndjson")
    for _ in range(2):
        with pytest.raises(NotWhole, match="the hash chain is broken at position 42"):
            list(log.lines())


def test_a_line_that_is_of_no_log_is_reported_with_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "events.ndjson").write_bytes(b'{"specversion": "1.0"}\n')
    with pytest.raises(NotWhole, match="line 1, is not an event of a log: it needs a position and"):
        list(open_log(tmp_path / "events.ndjson"))


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("name", FOLDERS)
def test_a_changed_page_of_parquet_is_found_by_its_own_checksum(
    exports: Exports, tmp_path: Path, places: int, name: str
) -> None:
    """DuckDB, Spark and pyarrow look at it without a manifest."""
    parquet = pytest.importorskip("pyarrow.parquet")
    random = Random(places)
    files = sorted((exports.one / name).rglob("*.parquet"))
    out = tmp_path / "file.parquet"
    for _ in range(places):
        out.write_bytes(text := random.choice(files).read_bytes())
        group = parquet.ParquetFile(out).metadata.row_group(0)
        columns = [group.column(index) for index in range(group.num_columns)]
        [line] = [column for column in columns if column.path_in_schema == "line"]
        # A column's last bytes are data of its last page.
        at = line.data_page_offset + line.total_compressed_size - 1 - random.randrange(8)
        out.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
        with pytest.raises(OSError, match="CRC checksum"):
            parquet.ParquetFile(out, page_checksum_verification=True).read()


@pytest.mark.parametrize("name", [name for name in NAMES if name != PARTED])
def test_exports_of_release_0_1_0_are_whole_and_read(name: str) -> None:
    out = Path(__file__).parents[2] / "data" / "releases" / "0.1.0" / "whole" / name
    found = checked(out)
    assert (found.events, found.origin) == (479, None)
    if name in LOSSLESS:
        assert b"".join(open_log(out).lines()) == out.with_name("log.ndjson").read_bytes()
        lines = [line for piece in partitions_of(str(out)) for line in piece.lines()]
        assert len(lines) == found.events

"""A folder of Parquet files: their number, the memory used, and resuming after any break."""

from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY, Catalogue
from events.vocabulary.types import EVENT_TYPES
from service.replay.errors import SourceLost
from service.replay.export.parquet_folder import FolderExport
from service.replay.formats.hive import COLUMNS
from service.replay.line_pages import PAGE_EVENTS
from service.replay.manifests import journal
from service.replay.manifests.manifest import Manifest
from service.replay.sources.file import FileSource, file_source
from tests.service.replay.logs import chained, contents

parquet = pytest.importorskip("pyarrow.parquet", reason="Parquet needs the extra `arrow`")

MANY_BYTES = 1 << 40
LAYOUTS = [pytest.param((), id="files"), pytest.param(COLUMNS, id="partitions")]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lines of three cohorts, some pages of them."""
    path = tmp_path_factory.mktemp("many") / "log.ndjson"
    path.write_bytes(chained(3, 22))
    assert path.read_bytes().count(b"\n") > 3 * PAGE_EVENTS
    return path


def exported(
    source: FileSource,
    out: Path,
    window_bytes: int,
    partition: tuple[str, ...] = (),
    catalogue: Catalogue = VOCABULARY,
) -> Manifest:
    out.parent.mkdir(exist_ok=True)
    export = FolderExport(
        source, out, Selection(), _silent, catalogue, window_bytes, partition=partition
    )
    return export.run()


def _silent(events: int, position: int) -> None:
    pass


def windows(out: Path) -> dict[str, list[int]]:
    """Return the positions in each window, by the name of its files."""
    found: dict[str, list[int]] = {}
    for path in out.rglob("*.parquet"):
        column = parquet.ParquetFile(path).read(columns=["position"]).column("position")
        found.setdefault(path.name, []).extend(column.to_pylist())
    return found


def test_what_fits_into_one_window_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "log.ndjson").write_bytes(chained(40, 0.2))
    made = exported(file_source(tmp_path / "log.ndjson"), tmp_path / "log.parquet", MANY_BYTES)
    assert [file.path for file in made.files] == ["log.parquet/window-000001.parquet"]


@pytest.mark.parametrize("partition", LAYOUTS)
def test_a_colon_in_a_relative_name_is_part_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, partition: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.ndjson").write_bytes(chained(1, 0.1))
    out = Path("at-18:30.parquet")
    exported(file_source(Path("log.ndjson")), out, MANY_BYTES, partition)
    lines = b"".join(file_source(out).chunks(Selection()))
    assert lines == (tmp_path / "log.ndjson").read_bytes()


def test_partitioned_it_is_one_file_for_each_cohort_and_month(tmp_path: Path) -> None:
    (tmp_path / "log.ndjson").write_bytes(chained(40, 0.2))
    made = exported(
        file_source(tmp_path / "log.ndjson"), tmp_path / "log.parquet", MANY_BYTES, COLUMNS
    )
    files = Counter(Path(file.path).parent for file in made.files)
    assert len(files) > 100
    assert set(files.values()) == {1}


def test_a_window_is_what_may_be_held_and_windows_are_neighbours(
    many: Path, tmp_path: Path
) -> None:
    lines = many.read_bytes().splitlines()
    window_bytes = sum(map(len, lines)) // 3
    exported(file_source(many), tmp_path / "log.parquet", window_bytes)
    found = [
        sorted(positions) for _, positions in sorted(windows(tmp_path / "log.parquet").items())
    ]
    assert len(found) > 1
    assert [position for positions in found for position in positions] == [
        *range(1, len(lines) + 1)
    ]
    for number, positions in enumerate(found, 1):
        held = sum(len(lines[position - 1]) + 1 for position in positions)
        assert held >= window_bytes or number == len(found)
        page = sum(len(lines[position - 1]) + 1 for position in positions[-PAGE_EVENTS:])
        assert held - page < window_bytes


class Breaking(FileSource):
    """A file that cannot be read any more after some chunks."""

    def __init__(self, path: Path, chunks: int) -> None:
        super().__init__(path)
        self._whole = chunks

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield some of the lines; what is looked up by types is read to the end."""
        for count, chunk in enumerate(super().chunks(selection)):
            if count == self._whole and not selection.types:
                raise SourceLost("gone")
            yield chunk


@pytest.mark.parametrize("partition", LAYOUTS)
def test_an_export_that_broke_anywhere_comes_to_the_same_bytes(
    many: Path, tmp_path: Path, partition: tuple[str, ...]
) -> None:
    exported(file_source(many), tmp_path / "whole" / "log.parquet", 1, partition)
    out = tmp_path / "torn" / "log.parquet"
    kept = []
    for chunks in (0, 5, 9):
        with pytest.raises(SourceLost):
            exported(Breaking(many, chunks), out, 1, partition)
        found = journal.Journal.read(out)
        assert found is not None
        kept.append(found.events)
    # Each attempt keeps what the one before it had, and adds to it.
    assert kept[0] == 0 < kept[1] < kept[2]
    exported(file_source(many), out, 1, partition)
    assert contents(out.parent) == contents(tmp_path / "whole")


@pytest.mark.parametrize("partition", LAYOUTS)
def test_windows_of_a_release_with_fewer_columns_are_written_again(
    many: Path, tmp_path: Path, partition: tuple[str, ...]
) -> None:
    lines = many.read_bytes().splitlines(keepends=True)
    few, more = tmp_path / "few.ndjson", tmp_path / "more.ndjson"
    few.write_bytes(b"".join(lines[: PAGE_EVENTS + 9]))
    more.write_bytes(b"".join(lines[: PAGE_EVENTS + 50]))
    out, new = tmp_path / "one" / "log.parquet", tmp_path / "two" / "log.parquet"
    text = few.read_text()
    earlier = Catalogue([found for found in EVENT_TYPES if found.wire_name() in text])
    assert len(earlier.kinds) < len(VOCABULARY.kinds)
    exported(file_source(few), out, 1, partition, earlier)
    exported(file_source(more), out, 1, partition)
    exported(file_source(more), new, 1, partition)
    assert contents(out) == contents(new)


def test_files_of_a_window_that_was_not_finished_are_not_kept(many: Path, tmp_path: Path) -> None:
    exported(file_source(many), tmp_path / "whole" / "log.parquet", 1)
    out = tmp_path / "torn" / "log.parquet"
    with pytest.raises(SourceLost):
        exported(Breaking(many, 6), out, 1)
    found = journal.Journal.read(out)
    assert found is not None
    half = out / "cohort=nowhere" / "month=2026-01" / f"window-{found.windows + 1:06}.parquet"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half of a file")
    exported(file_source(many), out, 1)
    assert not half.exists()

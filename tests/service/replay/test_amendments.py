"""Voids and corrections in columns: of what an export knew, and again when it is continued."""

import csv
import io
from collections.abc import Collection, Generator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from operator import itemgetter
from pathlib import Path

import orjson
import pytest

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.replay.amendments import Amendments
from service.replay.errors import NotWhole, ReplayError
from service.replay.export import parquet_folder
from service.replay.export.check import checked
from service.replay.export.delta_table import DeltaExport
from service.replay.export.parquet_folder import FolderExport
from service.replay.export.single_file import Export
from service.replay.export.writers import writer_of
from service.replay.export_format import ExportFormat
from service.replay.formats.hive import COLUMNS
from service.replay.line_pages import PAGE_EVENTS, position_of
from service.replay.log import open_log
from service.replay.manifests import journal
from service.replay.manifests.journal import Journal
from service.replay.manifests.manifest import Manifest, place
from service.replay.sources.file import FileSource, file_source
from tests.service.replay.logs import chain, chained, contents

parquet = pytest.importorskip("pyarrow.parquet", reason="columns need the extra `arrow`")
polars = pytest.importorskip("polars", reason="frames need the extra `polars`")

LAYOUTS = [pytest.param((), id="files"), pytest.param(COLUMNS, id="partitions")]


def registered(number: int) -> dict[str, object]:
    return _event(
        number,
        "organisation.registered",
        {"organisation": f"museum-{number}", "name": "Museum", "sector": "museums"},
    )


def voided(number: int, position: int) -> dict[str, object]:
    return _event(number, "event.voided", {"event": position, "reason": "By mistake."})


def corrected(number: int, position: int, name: str) -> dict[str, object]:
    return _event(number, "event.corrected", {"event": position, "fields": {"name": name}})


def _event(number: int, type_: str, data: dict[str, object]) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "urn:example:amendments",
        "type": f"org.howcanwe.{type_}.v1",
        "time": "2025-11-18T20:30:00+01:00",
        "data": data,
    }


AMENDED = (
    *map(registered, range(1, 6)),
    voided(6, 1),
    corrected(7, 2, "Mills"),
    corrected(8, 3, "Canals"),
    corrected(9, 3, "Rivers"),
    voided(10, 9),
    corrected(11, 4, "Roads"),
    voided(12, 11),
)
VOIDED = {1: 6, 9: 10, 11: 12}
CORRECTED = {2: 7, 3: 8}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.ndjson"
    path.write_bytes(chain(AMENDED))
    return path


def test_a_row_has_the_event_that_voids_it_and_the_last_correction_that_stands(log: Path) -> None:
    rows = open_log(log).to_arrow().to_pylist()
    found = [
        {row["position"]: row[name] for row in rows if row[name] is not None}
        for name in ("voided_by", "corrected_by")
    ]
    assert found == [VOIDED, CORRECTED]


def test_what_is_known_ends_with_the_range(log: Path) -> None:
    rows = open_log(log).select(through=8).to_arrow().to_pylist()
    assert [(row["voided_by"], row["corrected_by"]) for row in rows[:4]] == [
        (6, None),
        (None, 7),
        (None, 8),
        (None, None),
    ]
    some = open_log(log).select(type="organisation.registered").to_arrow()
    assert some.column("voided_by").to_pylist() == [6, None, None, None, None]


def test_times_in_utc_are_in_a_column_of_their_own(log: Path, tmp_path: Path) -> None:
    [moment, *_] = open_log(log).to_arrow().column("time_utc").to_pylist()
    assert moment.isoformat() == "2025-11-18T19:30:00"
    export(log, tmp_path / "log.csv")
    row, *_ = csv.DictReader(io.StringIO((tmp_path / "log.csv").read_text()))
    assert row["time"] == "2025-11-18T20:30:00+01:00"
    assert row["time_utc"] == "2025-11-18T19:30:00.000000Z"


def export(
    source: Path,
    out: Path,
    partition: tuple[str, ...] = (),
    through: int | None = None,
    hidden: Collection[int] = (),
) -> None:
    """Export the lines in a file, a page a window, without those of events that are hidden."""
    opened, selection = _Narrowed(source, hidden), Selection(through=through)
    if out.suffix == ".delta":
        DeltaExport(opened, out, selection, _silent).run()
        return
    if out.suffix == ".parquet":
        FolderExport(
            opened, out, selection, _silent, VOCABULARY, window_bytes=1, partition=partition
        ).run()
        return
    form = ExportFormat.of(out)
    made = Export(opened, out, form, selection, _silent)
    made.run(lambda written: writer_of(form, opened, made.selection, written))


def _silent(events: int, position: int) -> None:
    pass


@pytest.mark.parametrize("through", range(5, len(AMENDED)))
@pytest.mark.parametrize("name", ["log.csv", "log.parquet"])
def test_a_continued_export_has_the_bytes_of_a_new_one(
    log: Path, tmp_path: Path, name: str, through: int
) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    one, two = tmp_path / "one" / name, tmp_path / "two" / name
    for out in (one, two):
        out.parent.mkdir()
    log.write_bytes(b"".join(lines[:through]))
    export(log, one)
    log.write_bytes(b"".join(lines))
    export(log, one)
    export(log, two)
    assert contents(one.parent) == contents(two.parent)


def test_a_file_that_grew_while_a_log_was_followed_is_brought_up_to_date(
    log: Path, tmp_path: Path
) -> None:
    out, fresh = tmp_path / "log.csv", tmp_path / "fresh.csv"
    export(log, out)
    export(log, fresh)
    expected = out.read_bytes()
    made = Journal.of_whole(Manifest.read(out), out)
    # As a follower leaves it: a row was written before the event that voids it was recorded.
    text = expected.replace(b",,6,,", b",,,,", 1)
    assert text != expected
    out.write_bytes(text)
    stale = replace(
        made,
        selection=replace(made.selection, through=None),
        size_bytes=len(text),
        sha256=sha256(text).hexdigest(),
        ended=False,
        amended_through=0,
    )
    place(out).unlink()
    stale.write(out)
    export(log, out)
    assert out.read_bytes() == expected == fresh.read_bytes()


def test_rows_of_a_selection_change_with_amendments_outside_of_it(
    log: Path, tmp_path: Path
) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    out, chosen = tmp_path / "log.csv", Selection(types=(AMENDED[0]["type"],))  # type: ignore[arg-type]  # a text
    for count in (5, 12):
        log.write_bytes(b"".join(lines[:count]))
        source = file_source(log)
        made = Export(source, out, ExportFormat.CSV, chosen, _silent)
        made.run(partial(writer_of, ExportFormat.CSV, source, made.selection))
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["voided_by"] for row in rows] == ["6", "", "", "", ""]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Sequence[bytes]:
    """Lines of three windows without amendments, and then voids of an event in the first and in the third one."""
    lines = chained(3, 22).splitlines(keepends=True)[: 3 * PAGE_EVENTS]
    events = [
        registered(at) if event["type"] in Amendments().types else event
        for at, event in enumerate(map(orjson.loads, lines), 1)
    ]
    notes = [at for at, event in enumerate(events, 1) if "note.added" in str(event["type"])]
    chosen = [notes[0], next(at for at in notes if at > 2 * PAGE_EVENTS)]
    return chain([*events, *(voided(at + 20_000, at) for at in chosen)]).splitlines(keepends=True)


@pytest.mark.parametrize("partition", LAYOUTS)
def test_windows_are_written_again_where_amendments_change_them(
    many: Sequence[bytes],
    tmp_path: Path,
    partition: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, out = tmp_path / "log.ndjson", tmp_path / "one" / "log.parquet"
    fresh = tmp_path / "two" / "log.parquet"
    for path in (out, fresh):
        path.parent.mkdir()
    log.write_bytes(b"".join(many[: 2 * PAGE_EVENTS + 9]))
    export(log, out, partition)
    before = contents(out)
    log.write_bytes(b"".join(many))
    whole = Manifest.read(out)

    # Killed when the journal has the new files, and they are not in their places yet.
    with monkeypatch.context() as killed:
        killed.setattr(parquet_folder, "replace_by_part", _killed)
        with pytest.raises(KeyboardInterrupt):
            export(log, out, partition)
    assert not place(out).exists()
    with pytest.raises(NotWhole, match="unfinished"):
        checked(out)
    made = Journal.read(out)
    assert made is not None
    assert made.files != whole.files
    export(log, out, partition)
    export(log, fresh, partition)
    assert contents(out.parent) == contents(fresh.parent)
    assert not journal.place(out).exists()
    now = contents(out)
    changed = {Path(name).name for name, text in before.items() if now.get(name) != text}
    assert changed == {"window-000001.parquet", "window-000003.parquet"}


class _Narrowed(FileSource):
    """A log whose reader may no longer read some events and those about them."""

    def __init__(self, path: Path, hidden: Collection[int]) -> None:
        super().__init__(path)
        self._hidden = hidden

    def chunks(self, selection: Selection) -> Generator[bytes]:
        for chunk in super().chunks(selection):
            lines = chunk.splitlines(keepends=True)
            if kept := b"".join(line for line in lines if position_of(line) not in self._hidden):
                yield kept


@pytest.mark.parametrize("partition", LAYOUTS)
def test_a_window_that_is_written_again_keeps_what_it_says_of_events_that_are_hidden_now(
    tmp_path: Path, partition: tuple[str, ...]
) -> None:
    log, out = tmp_path / "log.ndjson", tmp_path / "log.parquet"
    events = [*AMENDED[:8], *(registered(at) for at in range(9, PAGE_EVENTS + 9))]
    log.write_bytes(chain(events))
    export(log, out, partition)
    end = len(events)
    log.write_bytes(chain([*events, voided(end + 1, 4), voided(end + 2, 8)]))
    source = _Narrowed(log, hidden={1, 2, 6, 7})
    FolderExport(
        source, out, Selection(), _silent, VOCABULARY, window_bytes=1, partition=partition
    ).run()
    table = parquet.read_table(
        out, columns=["position", "voided_by", "corrected_by"], partitioning=None
    )
    rows = sorted(table.to_pylist(), key=itemgetter("position"))
    found = [(row["voided_by"], row["corrected_by"]) for row in rows[:5]]
    assert found == [(6, None), (None, 7), (None, None), (end + 1, None), (None, None)]


def _killed(file: object, out: Path) -> None:
    if list(out.rglob("_*.part")):
        raise KeyboardInterrupt


def test_an_export_of_an_earlier_release_is_read_but_not_continued(
    log: Path, tmp_path: Path
) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    out = tmp_path / "log.parquet"
    log.write_bytes(b"".join(lines[:7]))
    export(log, out)
    content = orjson.loads(place(out).read_bytes())
    for name in ("amended_through", "partition"):
        del content[name]
    place(out).write_bytes(orjson.dumps(content))
    assert checked(out).events == 7
    export(log, out)
    log.write_bytes(b"".join(lines))
    with pytest.raises(ReplayError, match="exported by an earlier release"):
        export(log, out)


def test_rows_change_by_what_is_known_and_they_do_not_say(log: Path) -> None:
    found = Amendments.until(file_source(log), 12)
    assert found.positions == [1, 2, 3, 4, 9, 11]
    before = [(1, 6, None), (2, None, 7), (3, None, 9), (4, None, 11), (5, None, None)]
    assert found.changed(before) == [3, 4]
    now = [(1, 6, None), (2, None, 7), (3, None, 8), (4, None, None), (5, None, None)]
    assert found.changed(now) == []
    # What rows say of amendments that are hidden now stays.
    assert Amendments().changed(before) == []


_PAGE = PAGE_EVENTS + 1
"""So many events are in two windows; only the last one is written again when an export is continued."""
WHILE_HIDDEN = (
    *map(registered, range(1, _PAGE + 1)),
    voided(_PAGE + 1, 2),
    corrected(_PAGE + 2, 3, "Mills"),
    *map(registered, range(_PAGE + 3, _PAGE + 6)),
)


@pytest.mark.parametrize(
    ("more", "last"), [(2, ()), (1, (_PAGE + 4,))], ids=["events", "none to read"]
)
@pytest.mark.parametrize("name", ["log.csv", "log.parquet", "log.delta"])
def test_a_row_has_an_amendment_that_was_recorded_while_the_event_was_hidden(
    tmp_path: Path, name: str, more: int, last: Collection[int]
) -> None:
    if name == "log.delta":
        pytest.importorskip("deltalake", reason="Delta tables need the extra `delta`")
    log, out = tmp_path / "log.ndjson", tmp_path / name
    steps: list[tuple[int, Collection[int]]] = [
        (_PAGE, ()),
        (_PAGE + 3, (2, 3, _PAGE + 1, _PAGE + 2)),
        (_PAGE + 3 + more, last),
    ]
    for end, hidden in steps:
        log.write_bytes(chain(WHILE_HIDDEN[:end]))
        export(log, out, hidden=hidden)
    read = {".csv": polars.read_csv, ".parquet": polars.read_parquet, ".delta": polars.read_delta}
    rows = read[out.suffix](str(out)).sort("position").head(5)
    assert rows["voided_by"].to_list() == [None, _PAGE + 1, None, None, None]
    assert rows["corrected_by"].to_list() == [None, None, _PAGE + 2, None, None]
    assert checked(out).amended_through == _PAGE + 3 + more
    before = contents(tmp_path)
    export(log, out, hidden=last)
    assert contents(tmp_path) == before

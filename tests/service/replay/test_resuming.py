"""An export that breaks in the middle continues behind the pages that it has, and comes to the same bytes."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from events.log import EventLog
from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.replay.errors import SourceLost
from service.replay.export import single_file
from service.replay.export.parquet_folder import FolderExport
from service.replay.export.single_file import Export
from service.replay.export.writers import writer_of
from service.replay.export_format import ExportFormat
from service.replay.manifests import journal
from service.replay.source import Source
from service.replay.sources.database import DatabaseSource
from tests.service.replay.logs import contents, fill

WHOLE_CHUNKS = 6


class Torn(SourceLost):
    """The source broke."""


class Tearing(DatabaseSource):
    """A source that breaks after some chunks."""

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield some of the lines."""
        for count, chunk in enumerate(super().chunks(selection)):
            if count == WHOLE_CHUNKS and not selection.types:
                raise Torn
            yield chunk


def exported(source: Source, out: Path) -> None:
    form = ExportFormat.PARQUET if out.suffix == ".parquet" else ExportFormat.of(out)
    if form is ExportFormat.PARQUET:
        FolderExport(source, out, Selection(), _silent, VOCABULARY, window_bytes=1).run()
        return
    run = Export(source, out, form, Selection(), _silent)
    run.run(lambda written: writer_of(form, source, run.selection, written))


def _silent(events: int, position: int) -> None:
    pass


NAMES = ("log.parquet", "log.arrow", "log.ndjson", "log.ndjson.gz", "log.csv", "log.json")


async def test_what_was_written_is_kept_and_the_rest_put_behind_it(
    log: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_file, "JOURNAL_SECONDS", 0.0)
    assert await fill(log, cohorts=1, scale=45) > 12_000
    # Of one log, because filling it takes the most time.
    for name in NAMES:
        await asyncio.to_thread(_tear_and_resume, log.url, tmp_path, name)


def _tear_and_resume(url: str, folder: Path, name: str) -> None:
    torn, whole = folder / "torn" / name, folder / "whole" / name
    for out in (torn, whole):
        out.parent.mkdir(exist_ok=True)
    tearing, sound = Tearing(url), DatabaseSource(url)
    try:
        with pytest.raises(Torn):
            exported(tearing, torn)
        found = journal.Journal.read(torn)
        assert found is not None
        assert found.events in (5_000, 10_000)
        exported(sound, torn)
        exported(sound, whole)
    finally:
        tearing.close()
        sound.close()
    assert contents(torn.parent) == contents(whole.parent)

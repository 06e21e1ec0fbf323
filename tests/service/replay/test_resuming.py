"""An export that breaks in the middle goes on behind the pages that it has, and comes to the same bytes."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from events.catalogue import VOCABULARY
from events.log import EventLog
from events.store.reading import Selection
from service.replay import export, journal
from service.replay.database import DatabaseSource
from service.replay.errors import SourceLost
from service.replay.export import Export
from service.replay.folder import FolderExport
from service.replay.formats import Form
from service.replay.source import Source
from service.replay.writers import writer_of
from tests.service.replay.logs import contents, fill

WHOLE_CHUNKS = 6


class Torn(SourceLost):
    """The source broke."""


class Tearing(DatabaseSource):
    """A source that breaks after some chunks."""

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield some of the lines."""
        for count, chunk in enumerate(super().chunks(selection)):
            if count == WHOLE_CHUNKS:
                raise Torn
            yield chunk


def exported(source: Source, out: Path) -> None:
    form = Form.PARQUET if out.suffix == ".parquet" else Form.of(out)
    if form is Form.PARQUET:
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
    monkeypatch.setattr(export, "JOURNAL_SECONDS", 0.0)
    assert await fill(log, cohorts=1, scale=45) > 12_000
    # Of one log, because filling it takes the most time.
    for name in NAMES:
        await asyncio.to_thread(_tear_and_mend, log.url, tmp_path, name)


def _tear_and_mend(url: str, folder: Path, name: str) -> None:
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

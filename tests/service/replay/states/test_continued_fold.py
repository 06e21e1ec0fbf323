"""A fold that continues from a kept state has the rows of one from the beginning, or is one, with a reason."""

import asyncio
import sqlite3
import warnings
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from events.log import EventLog
from howcanwe import PROJECTIONS, Projection, fold, open_log
from projections.folding.decorators import on
from projections.folding.step import Step
from projections.folding.tables import Row
from projections.updating.digest import rows_digest
from service.replay.errors import ReplayError
from service.replay.origin import Origin
from service.replay.sources.file import FileSource
from service.replay.states.fold_state import FoldState
from tests.events.samples import noted, shown
from tests.processes import run
from tests.projections.generated import record_generated
from tests.service.replay.logs import chained
from tests.service.replay.processes.shares import EveryEvent, LearningsByMonth
from tests.service.serving import serving

ALL = (*PROJECTIONS, LearningsByMonth(), EveryEvent())


def folded(file: Path, state: Path | None, projections: Sequence[Projection] = ALL) -> Any:
    """Fold a file, from a state on if it is given; a warning is an error."""
    with open_log(file) as log, warnings.catch_warnings():
        warnings.simplefilter("error")
        return fold(projections, log, state=state)


def cut(tmp_path: Path, lines: bytes, events: int) -> Path:
    """Write the first events of a log."""
    path = tmp_path / "log.ndjson"
    path.write_bytes(b"".join(line + b"\n" for line in lines.splitlines()[:events]))
    return path


@pytest.mark.parametrize("seed", range(3))
def test_a_fold_in_steps_has_the_rows_of_one_from_the_beginning(tmp_path: Path, seed: int) -> None:
    lines, state = chained(2, 0.5, seed), tmp_path / "state"
    total = lines.count(b"\n")
    ends = sorted(Random(seed).sample(range(total), 5))
    for end in (*ends, total, total):
        file = cut(tmp_path, lines, end)
        continued, whole = folded(file, state), folded(file, None)
        assert rows_digest(continued) == rows_digest(whole)
        assert continued == whole


def test_each_event_alone_has_the_rows_of_all(tmp_path: Path) -> None:
    lines, state = chained(1, 0.3), tmp_path / "state"
    total = lines.count(b"\n")
    for end in range(total):
        folded(cut(tmp_path, lines, end), state)
    file = cut(tmp_path, lines, total)
    assert folded(file, state) == folded(file, None)


def test_events_before_the_state_are_not_read_again_unless_they_are_amended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines, state = chained(1, 1.0), tmp_path / "state"
    split = lines.splitlines()
    amended = next(
        number for number, line in enumerate(split) if b"event.voided" in line and number > 20
    )
    asked: list[int] = []
    chunks = FileSource.chunks

    def noted(self: FileSource, selection: Any) -> Any:
        asked.append(selection.after)
        return chunks(self, selection)

    folded(cut(tmp_path, lines, amended - 1), state)
    monkeypatch.setattr(FileSource, "chunks", noted)
    folded(cut(tmp_path, lines, amended), state)
    assert asked == [amended - 2, amended - 1]
    asked.clear()
    folded(cut(tmp_path, lines, amended + 1), state)
    assert asked == [amended - 1, amended, 0]


def test_a_state_of_other_code_is_folded_again_with_a_reason(tmp_path: Path) -> None:
    file, state = cut(tmp_path, chained(1, 0.3), 100), tmp_path / "state"
    folded(file, state, [LearningsByMonth()])

    class Changed(LearningsByMonth):
        @on("learning.adopted")
        def adopted(self, row: Row | None, step: Step) -> Row:
            return self.captured(row, step)

    with open_log(file) as log, pytest.warns(UserWarning, match="made by other code"):
        rows = fold(Changed(), log, state=state)
    assert rows == folded(file, None, [Changed()])["learnings_by_month"]
    assert rows == folded(file, state, [Changed()])["learnings_by_month"]


def test_a_state_of_another_log_is_folded_again_with_a_reason(tmp_path: Path) -> None:
    state = tmp_path / "state"
    folded(cut(tmp_path, chained(1, 0.3, 1), 100), state)
    file = cut(tmp_path, chained(1, 0.3, 2), 100)
    with open_log(file) as log, pytest.warns(UserWarning, match="another event there"):
        rows = fold(ALL, log, state=state)
    assert rows == folded(file, None)
    shorter = cut(tmp_path, chained(1, 0.3, 2), 50)
    with open_log(shorter) as log, pytest.warns(UserWarning, match="another event there"):
        assert fold(ALL, log, state=state) == folded(shorter, None)


def test_a_fold_that_fails_leaves_the_state_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines, state = chained(1, 0.3), tmp_path / "state"
    folded(cut(tmp_path, lines, 60), state)
    file = cut(tmp_path, lines, 120)
    with monkeypatch.context() as broken:
        broken.setattr(FoldState, "commit", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            folded(file, state)
    assert folded(file, state) == folded(file, None)


def test_other_files_and_selections_are_refused(tmp_path: Path) -> None:
    file = cut(tmp_path, chained(1, 0.3), 50)
    text, database = tmp_path / "text", tmp_path / "database"
    text.write_text("mine, and no database at all")
    with sqlite3.connect(database) as connection:
        connection.execute("create table mine (one text)")
    connection.close()
    for path, reason in ((text, "not a database"), (database, "not the state")):
        before = path.read_bytes()
        with pytest.raises(ReplayError, match=reason):
            folded(file, path)
        assert path.read_bytes() == before
    with open_log(file) as log:
        with pytest.raises(ReplayError, match="all events"):
            fold(ALL, log.select(type="note.added"), state=tmp_path / "state")
        with pytest.raises(ReplayError, match="one process"):
            fold(ALL, log, processes=2, state=tmp_path / "state")


def test_the_command_continues_a_state_to_the_digest_of_the_whole_log(tmp_path: Path) -> None:
    lines = chained(1, 0.5)
    for number, events in enumerate((100, lines.count(b"\n"))):
        file = cut(tmp_path, lines, events)
        made = [
            run("replay", file, "--fold", "journeys", "--out", tmp_path / f"{number}-{name}", *more)
            for name, more in (("from", ("--state", tmp_path / "state")), ("whole", ()))
        ]
        assert made[0].returncode == 0, made[0].stderr.decode()
        assert made[0].stdout == made[1].stdout
        written = [tmp_path / f"{number}-{name}" / "digest.json" for name in ("from", "whole")]
        assert written[0].read_bytes() == written[1].read_bytes()


async def test_many_voids_and_corrections_of_earlier_events_are_applied(
    log: EventLog, tmp_path: Path
) -> None:
    await record_generated(log, 11, meddled=40)
    head = await log.head()
    state = tmp_path / "state"
    with open_log(log.url) as opened:
        for through in (*range(head - 45, head, 9), head):
            until = opened.select(through=through)
            continued = await asyncio.to_thread(fold, ALL, until, state=state)
            assert continued == await asyncio.to_thread(fold, ALL, until)


def test_a_state_in_which_a_bit_has_flipped_is_folded_again_with_a_reason(tmp_path: Path) -> None:
    file, state = cut(tmp_path, chained(1, 0.3), 100), tmp_path / "state"
    whole = folded(file, state)
    text = bytearray(state.read_bytes())
    text[text.index(b"learning") + 1] ^= 1
    row = whole["learnings"][0]["statement"].encode()
    text[text.index(row) + 3] ^= 1
    state.write_bytes(text)
    with open_log(file) as log, pytest.warns(UserWarning, match="changed after it was written"):
        assert fold(ALL, log, state=state) == whole
    assert folded(file, state) == whole


def test_a_state_of_a_later_position_is_folded_again_with_a_reason(tmp_path: Path) -> None:
    file, state = cut(tmp_path, chained(1, 0.3), 100), tmp_path / "state"
    folded(file, state)
    with open_log(file) as log, pytest.warns(UserWarning, match="it is of position 100"):
        earlier = fold(ALL, log.select(through=60), state=state)
    assert earlier == folded(cut(tmp_path, chained(1, 0.3), 60), None)


def test_a_state_that_lacks_hidden_events_is_folded_again_with_a_reason(tmp_path: Path) -> None:
    lines, state = chained(1, 0.3).splitlines(keepends=True)[:100], tmp_path / "state"
    seen, whole = tmp_path / "seen", tmp_path / "whole"
    seen.write_bytes(b"".join(line for line in lines if b"observation.recorded" not in line))
    whole.write_bytes(b"".join(lines))
    folded(seen, state)
    with open_log(whole) as log, pytest.warns(UserWarning, match="hidden or missing"):
        assert fold(ALL, log, state=state) == folded(whole, None)


@pytest.mark.parametrize("name", ["log.ndjson", "log.parquet"])
def test_a_state_of_events_of_which_an_export_lacks_some_is_folded_again_with_a_reason(
    tmp_path: Path, name: str
) -> None:
    lines, state = chained(1, 0.3).splitlines(keepends=True)[:100], tmp_path / "state"
    seen, whole = tmp_path / "seen.ndjson", tmp_path / "whole.ndjson"
    whole.write_bytes(b"".join(lines))
    # The last line stands, so that only the count of lines shows that one was narrowed.
    hidden = next(number for number, line in enumerate(lines) if b"observation.recorded" in line)
    seen.write_bytes(b"".join(lines[:hidden] + lines[hidden + 1 :]))
    out = tmp_path / name
    if name != "log.ndjson":
        made = run("replay", seen, "--out", out)
        assert made.returncode == 0, made.stderr.decode()
    else:
        out.write_bytes(seen.read_bytes())
    folded(whole, state)
    with open_log(out) as log, pytest.warns(UserWarning, match="hidden or missing"):
        assert fold(ALL, log, state=state) == folded(seen, None)


async def test_a_key_s_state_is_folded_again_when_an_event_in_it_was_narrowed(
    database_url: str, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    async with serving(database_url) as served:
        api = served.api
        await api.begin()
        await api.post(noted("organisation/mill", visibility="public"))
        narrowed = await api.head()
        await api.post(noted("organisation/mill", visibility="public"))

        def notes(kept: Path | None) -> list[Row]:
            with open_log(f"http://127.0.0.1:{served.port}", api.keys["analyst"]) as log:
                rows = fold(EveryEvent(), log, state=kept)
            return [*rows]

        before = await asyncio.to_thread(notes, state)
        assert len(before) == await api.head()
        assert await asyncio.to_thread(notes, state) == before
        await api.post(shown(f"event/{narrowed}", "private"))
        with pytest.warns(UserWarning, match="hidden or missing"):
            after = await asyncio.to_thread(notes, state)
        assert after == await asyncio.to_thread(notes, None)
        assert len(after) < len(before)


def test_a_state_is_not_continued_with_events_that_have_gaps(tmp_path: Path) -> None:
    lines, state = chained(1, 0.3).splitlines(keepends=True)[:100], tmp_path / "state"
    first = next(number for number, line in enumerate(lines) if b"observation.recorded" in line)
    seen = tmp_path / "seen"
    seen.write_bytes(b"".join(line for line in lines if b"observation.recorded" not in line))
    folded(cut(tmp_path, b"".join(lines), first + 5), state)
    with open_log(seen) as log, pytest.warns(UserWarning, match="hidden or missing"):
        assert fold(ALL, log, state=state) == folded(seen, None)


def test_a_state_is_not_continued_for_another_viewer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, state = cut(tmp_path, chained(1, 0.3), 100), tmp_path / "state"
    folded(file, state)
    monkeypatch.setattr(FileSource, "origin", lambda _: Origin(None, "key 1"))
    with open_log(file) as log, pytest.warns(UserWarning, match="for another viewer"):
        fold(ALL, log, state=state)
    folded(file, state)


def test_a_state_of_another_log_is_forgotten_if_the_log_is_empty(tmp_path: Path) -> None:
    file, state = cut(tmp_path, chained(1, 0.3), 100), tmp_path / "state"
    folded(file, state)
    empty = cut(tmp_path, b"", 0)
    with open_log(empty) as log, pytest.warns(UserWarning, match="another event there"):
        fold(ALL, log, state=state)
    assert folded(empty, state) == folded(empty, None)

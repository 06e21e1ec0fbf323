"""`howcanwe replay --reconcile`: a copy has afterwards what a new replay with the same key would have."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from events.store.reading import Selection
from service.replay.errors import Diverged, NotWhole, ReplayError, SourceLost
from service.replay.export import reconciliation
from service.replay.export.reconciliation import reconciled
from service.replay.export.single_file import Export
from service.replay.export_format import ExportFormat
from service.replay.formats.ndjson import Ndjson
from service.replay.log import open_log, wire_names
from service.replay.manifests import journal
from service.replay.manifests.manifest import Manifest, place
from service.replay.source import Source
from service.replay.sources.server import ServerSource
from tests.events.samples import failed, noted, reclassified, shown
from tests.processes import run
from tests.service.app import Api
from tests.service.serving import Served, serving

WHO = ("facilitator", "mill", "archive", "guest", "evaluator", "analyst", "admin", None)
EVERYTHING = Selection()


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """A server over the shared story, with small pages."""
    async with serving(database_url, page_events_max=4) as served:
        await served.api.begin()
        yield served


async def replayed(served: Served, out: Path, *options: str, who: str | None = "analyst") -> Any:
    """Run `howcanwe replay` into a file."""
    command: tuple[str | Path, ...] = (
        "replay",
        f"http://127.0.0.1:{served.port}",
        "--out",
        out,
        *options,
    )
    settings = {"HOWCANWE_KEY": served.api.keys[who] if who else ""}
    return await asyncio.to_thread(run, *command, settings=settings)


async def reconcile(served: Served, out: Path, *options: str, who: str | None = "analyst") -> str:
    """Reconcile the file; return what the command printed."""
    done = await replayed(served, out, "--reconcile", *options, who=who)
    assert done.returncode == 0, done.stderr
    text: str = done.stderr.decode()
    return text


async def at(api: Api, *events: Any) -> list[int]:
    """Record the events; return their positions."""
    response = await api.post(*events)
    assert response.status_code == 201, response.text
    return [receipt["position"] for receipt in response.json()["receipts"]]


def server_of(
    served: Served, who: str | None, kind: type[ServerSource] = ServerSource
) -> ServerSource:
    return kind(f"http://127.0.0.1:{served.port}", served.api.keys[who] if who else "")


async def here(
    served: Served,
    out: Path,
    who: str | None = "analyst",
    asked: Selection = EVERYTHING,
    *,
    kind: type[ServerSource] = ServerSource,
    reconciling: bool = True,
) -> list[tuple[int, int]]:
    """Reconcile the file, or export it, in this process; return how many lines came and went."""
    changes: list[tuple[int, int]] = []

    def work() -> None:
        with closing(server_of(served, who, kind)) as server:
            source: Source = server
            if reconciling:
                source = reconciled(server, out, asked, lambda *changed: changes.append(changed))
            export = Export(source, out, ExportFormat.NDJSON, asked, lambda events, position: None)
            export.run(lambda written: Ndjson())

    await asyncio.to_thread(work)
    return changes


async def is_as_new(
    served: Served, out: Path, who: str | None = "analyst", asked: Selection = EVERYTHING
) -> bool:
    """Say whether the file is that of a new replay, and nothing is left over."""
    new = out.parent / "new" / out.name
    new.parent.mkdir(exist_ok=True)
    for path in (new, place(new)):
        path.unlink(missing_ok=True)
    await here(served, new, who, asked, reconciling=False)
    assert out.read_bytes() == new.read_bytes()
    # Events that the key may not read do not change the copy, and so not the end of its range.
    ranged = replace(Manifest.read(new), selection=Manifest.read(out).selection)
    assert Manifest.read(out) == ranged
    assert not journal.place(out).exists()
    return not out.with_name(out.name + ".part").exists()


async def test_each_key_s_copy_follows_what_it_may_read(served: Served, tmp_path: Path) -> None:
    copies = {who: tmp_path / f"{who}.ndjson" for who in WHO}
    hidden, open_ = await at(
        served.api,
        noted("organisation/mill", visibility="private"),
        noted("organisation/mill", visibility="public"),
    )
    [failure] = await at(served.api, failed(cohort="heritage", visibility="pair"))
    for who, out in copies.items():
        await here(served, out, who)
        assert await is_as_new(served, out, who)
    await at(
        served.api,
        shown(f"event/{hidden}", "public"),
        shown(f"event/{open_}", "private"),
        reclassified(failure_cause="deviance"),
    )
    for who, out in copies.items():
        await here(served, out, who)
        assert await is_as_new(served, out, who)
        positions = {event["position"] for event in await served.api.lines(who)}
        sees_all = who in ("facilitator", "mill")
        # It names an organisation, which keys see and the public does not.
        assert (hidden in positions) is (who is not None)
        assert (open_ in positions) is sees_all
        assert (failure in positions) is sees_all


async def test_a_consumer_gets_what_was_widened_and_loses_what_was_narrowed(
    served: Served, tmp_path: Path
) -> None:
    out, night = tmp_path / "copy.ndjson", ("--consumer", "night")
    hidden, last = await at(
        served.api,
        noted("organisation/mill", visibility="private"),
        noted("organisation/mill", visibility="public"),
    )
    await reconcile(served, out, *night)
    await at(served.api, shown(f"event/{hidden}", "public"))
    printed = await reconcile(served, out, *night)
    assert "1 earlier events that the copy lacks, and no longer 0" in printed
    assert await is_as_new(served, out)
    # Now also the event at which the consumer is, and the change itself, are hidden from it.
    place_ = (await served.api.get("/consumers/night", "analyst")).json()["position"]
    await at(served.api, *(shown(f"event/{at_}", "private") for at_ in (last, hidden)))
    seen = {event["position"] for event in await served.api.lines("analyst")}
    assert place_ not in seen
    plain = await replayed(served, out, *night)
    assert plain.returncode == 1
    assert b"--reconcile" in plain.stderr
    printed = await reconcile(served, out, *night)
    assert "0 earlier events that the copy lacks, and no longer 3" in printed
    assert await is_as_new(served, out)
    kept = (await served.api.get("/consumers/night", "analyst")).json()
    assert kept["position"] == max(seen)
    assert "nothing to add" in await reconcile(served, out, *night)


async def test_a_copy_of_a_selection_is_reconciled_within_it(
    served: Served, tmp_path: Path
) -> None:
    out, asked = tmp_path / "copy.ndjson", Selection(after=3, types=wire_names(["note.added"]))
    notes = [noted("organisation/mill", visibility="private") for _ in range(5)]
    positions = await at(served.api, *notes)
    await here(served, out, asked=asked)
    assert out.read_bytes() == b""
    await at(served.api, *(shown(f"event/{position}", "public") for position in positions[::2]))
    await at(served.api, noted("organisation/mill", visibility="public"))
    assert await here(served, out, asked=asked) == [(3, 0)]
    assert out.read_bytes().count(b"\n") == 4
    assert await is_as_new(served, out, asked=asked)
    await at(served.api, shown(f"event/{positions[0]}", "private"))
    assert await here(served, out, asked=asked) == [(0, 1)]
    assert await is_as_new(served, out, asked=asked)
    with pytest.raises(ReplayError, match="other options"):
        await here(served, out)


async def test_only_lines_that_came_are_fetched(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "GAP_MAX", 1)
    out = tmp_path / "copy.ndjson"
    notes = [noted("organisation/mill", visibility="private") for _ in range(12)]
    positions = await at(served.api, *notes)
    await here(served, out)
    came = [positions[number] for number in (0, 2, 3, 9)]
    await at(served.api, *(shown(f"event/{position}", "public") for position in came))
    asked: list[tuple[int, int | None]] = []

    class Heard(ServerSource):
        def chunks(self, selection: Selection) -> Generator[bytes]:
            asked.append((selection.after, selection.through))
            return super().chunks(selection)

    head = await served.api.head()
    assert await here(served, out, kind=Heard) == [(4, 0)]
    assert asked[-3:] == [
        # The one between them is fetched again, and left out.
        (positions[0] - 1, positions[3]),
        (positions[9] - 1, positions[9]),
        (positions[-1], head),
    ]
    assert await is_as_new(served, out)


async def test_a_reconciliation_that_stops_halfway_is_finished_by_the_next_replay(
    served: Served, tmp_path: Path
) -> None:
    out = tmp_path / "copy.ndjson"
    [hidden] = await at(served.api, noted("organisation/mill", visibility="private"))
    await here(served, out)
    await at(served.api, shown(f"event/{hidden}", "public"))

    class Lost(ServerSource):
        def chunks(self, selection: Selection) -> Generator[bytes]:
            if selection.through == hidden:
                raise SourceLost("the server is away")
            return super().chunks(selection)

    with pytest.raises(SourceLost):
        await here(served, out, kind=Lost)
    # Nobody takes what is left for a whole copy.
    with open_log(out) as log, pytest.raises(NotWhole, match="unfinished"):
        list(log)
    await reconcile(served, out)
    assert await is_as_new(served, out)


async def test_a_copy_of_another_log_is_left_alone(served: Served, tmp_path: Path) -> None:
    out = tmp_path / "copy.ndjson"
    await here(served, out)
    kept = out.read_bytes(), place(out).read_bytes()
    await served.api.execute("alter table events disable trigger user")
    for statement in (
        # As after an older copy was put back, on which other events were recorded since, and before that.
        "update events set event = replace(event::text, ':', ': ')::json where position > 2",
        "delete from events where position > 4",
    ):
        await served.api.execute(statement)
        with pytest.raises(Diverged, match="is of another log"):
            await here(served, out)
        assert (out.read_bytes(), place(out).read_bytes()) == kept
        assert not journal.place(out).exists()


async def test_a_copy_that_was_changed_is_left_alone(served: Served, tmp_path: Path) -> None:
    out = tmp_path / "copy.ndjson"
    await here(served, out)
    text = out.read_bytes()[:-40]
    out.write_bytes(text)
    with pytest.raises(NotWhole, match="is truncated"):
        await here(served, out)
    assert out.read_bytes() == text
    with pytest.raises(ReplayError, match="another viewer"):
        await here(served, out, "mill")


@pytest.mark.parametrize(
    ("options", "printed"),
    [
        (("--out", "log.csv"), b"--reconcile does not work with an export as csv, such as log.csv"),
        (("--out", "log.parquet"), b"--reconcile does not work with an export as parquet"),
        (("--out", "log.ndjson.gz"), b"--reconcile does not work with a compressed file"),
        ((), b"--reconcile does not work with standard output: it needs a file of lines"),
        (("--out", "log.ndjson", "--follow"), b"does not work with --follow; run the command"),
        (("--out", "kafka://127.0.0.1:1/log"), b"--reconcile does not work with a topic of Kafka"),
        (("--fold", "journeys"), b"--reconcile"),
    ],
)
async def test_what_does_not_go_together_is_refused(
    served: Served, tmp_path: Path, options: tuple[str, ...], printed: bytes
) -> None:
    given = [str(tmp_path / one) if one.startswith("log.") else one for one in options]
    url = f"http://127.0.0.1:{served.port}"
    done = await asyncio.to_thread(run, "replay", url, "--reconcile", *given)
    assert done.returncode in (1, 2)
    assert printed in done.stderr, done.stderr
    assert not list(tmp_path.iterdir())


async def test_only_a_server_knows_what_a_key_may_read(served: Served, tmp_path: Path) -> None:
    out = tmp_path / "copy.ndjson"
    log = served.api.service.log.url
    done = await asyncio.to_thread(run, "replay", log, "--reconcile", "--out", out)
    assert done.returncode == 1
    assert b"--reconcile needs a server" in done.stderr
    with pytest.raises(ReplayError, match="needs a server"):
        reconciliation.check_reconcilable(_no_server())


def _no_server() -> Any:
    return object()

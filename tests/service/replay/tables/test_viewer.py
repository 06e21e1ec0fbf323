"""The viewer of tables and figures is one that the log knows."""

from pathlib import Path
from typing import Any

import pytest

from howcanwe import ReplayError, open_log
from service.commands.console.insight_answers import figures_of
from service.commands.reporting.evidence import evidence_of
from service.replay.sources.address import source_of
from service.replay.tables.viewer import viewer_of
from tests.events.samples import at, formed, joined, registered, voided
from tests.processes import run
from tests.service.replay.logs import chain

UNKNOWN = [
    ("organisation:nope", "there is no organisation nope in this log"),
    ("organisation:heritage", "there is no organisation heritage in this log"),
    ("organisation:mil", "there is no organisation mil in this log; did you mean mill?"),
    ("evaluator:heritage,nope", "there is no cohort nope in this log"),
    (
        "facilitator:heritge",
        "there is no cohort heritge in this log; did you mean heritage or heritage-2?",
    ),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An exported log in which `mill` joins late, and `slip` was registered by mistake."""
    events = [
        formed(),
        formed("heritage-2"),
        registered("slip"),
        voided(3),
        registered("mill"),
        joined("mill"),
    ]
    common = {"source": "urn:test"}
    path = tmp_path / "log.ndjson"
    path.write_bytes(
        chain({**common, **each, "id": str(n), "time": at(n)} for n, each in enumerate(events))
    )
    return path


def organisations(path: Path, viewer: str, as_of: int | None = None) -> list[Any]:
    with open_log(path) as log:
        return [row["key"] for row in log.table("organisations", viewer=viewer, as_of=as_of)]


@pytest.mark.parametrize(("viewer", "sentence"), UNKNOWN)
def test_a_viewer_that_the_log_does_not_know_is_refused_everywhere(
    path: Path, viewer: str, sentence: str
) -> None:
    source = source_of(path)
    with open_log(path) as log:
        for read in (
            lambda: log.tables(viewer=viewer),
            lambda: log.tables(viewer=viewer, as_of=1),
            lambda: figures_of(source, viewer),
            lambda: evidence_of(source, viewer=viewer),
        ):
            with pytest.raises(ReplayError) as refused:
                read()
            assert str(refused.value) == sentence


def test_the_commands_refuse_it_in_a_sentence(path: Path, tmp_path: Path) -> None:
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("tables", path, "--out", tmp_path / "tables"),
        ("sql", "select 1", path),
        ("insights", path),
        ("report", path, "--out", tmp_path / "report.html"),
    )
    for command in commands:
        refused = run(*command, "--viewer", "organisation:nope")
        assert (refused.returncode, refused.stdout) == (1, b"")
        assert b"howcanwe: there is no organisation nope in this log\n" in refused.stderr
    assert not (tmp_path / "tables").exists()


@pytest.mark.parametrize(
    "viewer",
    ["organisation:mill", "organisation:slip", "evaluator:heritage,heritage-2", "analyst"],
)
def test_a_viewer_that_the_log_knows_by_its_end_is_one_as_of_every_position(
    path: Path, viewer: str
) -> None:
    for position in range(7):
        organisations(path, viewer, position)
    figures_of(source_of(path), viewer)
    evidence_of(source_of(path), viewer=viewer, as_of=2)


def test_an_organisation_that_comes_later_sees_as_of_earlier_what_it_may_see_now(
    path: Path,
) -> None:
    assert organisations(path, "organisation:mill", 4) == []
    assert organisations(path, "organisation:mill", 5) == ["mill"]


def test_without_a_viewer_nothing_is_hidden_and_an_empty_one_is_refused(path: Path) -> None:
    assert viewer_of(None).facilitates_everything
    source = source_of(path)
    for read in (
        lambda: viewer_of(""),
        lambda: figures_of(source, ""),
        lambda: evidence_of(source, viewer=""),
    ):
        with pytest.raises(ReplayError, match="viewer '': expected facilitator"):
            read()

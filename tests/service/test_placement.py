"""An event is of one cohort: in files, read models, lines and figures alike."""

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from events.lines.recorded import Recorded
from events.state.streams_from_lines import recorded_in
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import cohort_among, recorded_streams
from projections.folding.step import Step, linked
from projections.in_memory import rows as memory
from projections.insights.index.index import Index
from service.replay.log import open_log
from tests.events.samples import at, formed, framed, noted, registered, shown, voided
from tests.service.replay.logs import chain, chained

Cohorts = list[str | None]
DIFFER = ("mindset.assessed", "organisation.joined", "organisation.left", "learning.adopted")


def meddled(text: bytes, seed: int) -> bytes:
    """Return the lines with voids and levels of events whose first subject does not give their cohort."""
    random = Random(seed)
    events: list[Any] = [orjson.loads(line) for line in text.splitlines()]
    found = [
        event["position"] for event in events if any(f".{one}." in event["type"] for one in DIFFER)
    ]
    for position in random.sample(found, min(20, len(found))):
        about = random.choice([shown(f"event/{position}", "private"), voided(position)])
        again = [voided(len(events) + 1)] if ".visibility." in about["type"] else []
        for event in (about, *again):
            number = len(events) + 1
            events.append(event | {"id": f"m{number}", "source": "urn:meddler", "time": at(number)})
    return chain(events)


def in_lines(recorded: Iterable[Recorded]) -> Cohorts:
    return [cohort_among(recorded_streams(one.streams)) for one in recorded]


def in_file(text: bytes, folder: Path) -> Cohorts:
    path = folder / "log.ndjson"
    path.write_bytes(text)
    with open_log(path) as log:
        found: Cohorts = log.to_arrow().column("cohort").to_pylist()
    return found


def in_figures(steps: Iterable[Step]) -> Cohorts:
    index = Index()
    for step in steps:
        index.take(step.event)
    found: Cohorts = []
    for about in map(index.about, index.entries):
        assert about is not None
        assert about.first is not None
        found.append(about.cohort or about.first.cohort)
    return found


def in_rows(steps: list[Step]) -> dict[int, set[str | None]]:
    """Return the cohorts that the rows of each position have."""
    found: dict[int, set[str | None]] = {}
    for name, rows in memory.fold(steps).items():
        for row in rows:
            if "cohort" in row and name != "memberships":
                found.setdefault(row["position"], set()).add(row["cohort"])
    return found


def check(text: bytes, folder: Path) -> Cohorts:
    recorded = list(recorded_in(text.splitlines()))
    steps = linked(recorded, VOCABULARY)
    found = in_lines(recorded)
    assert in_figures(steps) == found
    rows = in_rows(steps)
    assert {position: {found[position - 1]} for position in rows} == rows
    assert in_file(text, folder) == found
    return found


@pytest.mark.parametrize("seed", range(12))
def test_files_read_models_lines_and_figures_agree_on_every_event_s_cohort(
    seed: int, tmp_path: Path
) -> None:
    found = check(meddled(chained(cohorts=3, scale=0.5, seed=seed), seed), tmp_path)
    assert len(set(found)) > 3


def test_what_is_about_an_event_stays_with_it_when_its_subject_s_key_is_used_again(
    tmp_path: Path,
) -> None:
    events = [
        registered("mill"),
        formed("first"),
        formed("second"),
        framed("once", cohort="first"),
        noted("question/once"),
        voided(4),
        framed("once", cohort="second"),
        noted("question/once"),
        shown("event/5", "private"),
        voided(9),
        voided(5),
    ]
    complete = [
        event | {"id": str(n), "source": "urn:mill", "time": at(n)}
        for n, event in enumerate(events)
    ]
    expected: Cohorts = [None, "first", "second", *["first"] * 3, *["second"] * 2, *["first"] * 3]
    assert check(chain(complete), tmp_path) == expected

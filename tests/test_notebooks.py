"""The scripts in notebooks/ run, and what they show is what the sample cohort holds."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from events.log import EventLog
from service.event_files import batches
from service.samples.demo import lines

FOLDER = Path(__file__).parents[1] / "notebooks"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def sample_url(log: EventLog) -> str:
    """The URL of a log with the sample cohort."""
    for batch in batches([orjson.loads(line) for line in lines()], 200):
        await log.append(batch)
    return log.url


def ran(name: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, FOLDER / f"{name}.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(FOLDER.parent), "PATH": "/usr/bin:/bin", "HOME": str(Path.home())},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_has_a_test() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == {"journey", "failures", "learnings"}


def test_a_journey_is_shown_month_by_month(sample_url: str) -> None:
    output = ran("journey", sample_url, "mill-museum")
    assert output.startswith("Brackwater Mill Museum: ")
    assert "asked: How can we" in output
    for word in ("planned: ", "concluded, ", "failed: ", "learned: "):
        assert word in output


def test_the_failure_landscape_counts_every_failure(sample_url: str, tmp_path: Path) -> None:
    image = tmp_path / "failures.png"
    output = ran("failures", sample_url, image)
    events = [orjson.loads(line) for line in lines()]
    failures = [event for event in events if ".failure.recorded." in event["type"]]
    of_a_facet = [event for event in failures if "facet" in event["data"]]
    assert output.startswith(f"{len(failures)} failures, {len(of_a_facet)} with a facet")
    assert image.read_bytes().startswith(PNG)


def test_how_learnings_travel_shows_every_adoption(sample_url: str, tmp_path: Path) -> None:
    image = tmp_path / "learnings.png"
    output = ran("learnings", sample_url, image)
    adopted = [orjson.loads(line)["data"] for line in lines() if b".learning.adopted." in line]
    adoptions = {(data["learning"], data["organisation"]) for data in adopted}
    assert adoptions
    assert sum(int(line.split()[0]) for line in output.splitlines()[:-1]) == len(adoptions)
    assert image.read_bytes().startswith(PNG)

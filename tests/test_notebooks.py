"""The notebooks run as scripts and open as notebooks, and their pictures show what the tables have."""

import re
import runpy
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import orjson
import pytest

from events.log import EventLog
from service.event_files import batches
from service.replay.log import open_log
from service.samples.demo import lines
from service.samples.generator import generate

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = ("failures", "journey", "learnings")
MODULES = ("pictures", "reading")
"""What the notebooks share."""


@pytest.fixture
async def sample_url(log: EventLog) -> str:
    """The URL of a log with the sample cohort."""
    for batch in batches([orjson.loads(line) for line in lines()], 200):
        await log.append(batch)
    return log.url


@pytest.fixture
async def bare_url(log: EventLog) -> str:
    """The URL of a log in which nobody has tried anything yet."""
    await log.append([orjson.loads(line) for line in list(lines())[:2]])
    return log.url


def run(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, FOLDER / f"{name}.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(FOLDER.parent), "PATH": "/usr/bin:/bin", "HOME": str(Path.home())},
    )


def ran(name: str, *arguments: str | Path) -> str:
    """Return what the notebook prints."""
    done = run(name, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def words(picture: Path) -> list[str]:
    """Return the texts of an SVG, in the order in which they are drawn."""
    return [
        unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", picture.read_text())
    ]


def test_each_has_a_test() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == {*NOTEBOOKS, *MODULES}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_begins_with_a_text_and_then_asks_for_the_source(name: str) -> None:
    # As Jupytext and editors know cells. As a script, the text is the docstring.
    cells = (FOLDER / f"{name}.py").read_text().split("# %%")
    assert cells[0] == ""
    assert cells[1].startswith(' [markdown]\n"""\n# ')
    assert cells[2].startswith('\nSOURCE = ""\n')


@pytest.mark.parametrize(
    ("name", "arguments"),
    [*((name, ()) for name in NOTEBOOKS), ("journey", ("-f", "kernel.json"))],
    ids=[*NOTEBOOKS, "in a kernel"],
)
def test_without_a_source_each_says_what_to_give(name: str, arguments: tuple[str, ...]) -> None:
    done = run(name, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"usage: python notebooks/{name}.py SOURCE ")
    assert "Traceback" not in done.stderr


def test_a_source_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    done = run("journey", tmp_path / "gone.ndjson")
    assert done.returncode == 1
    assert done.stderr.startswith("journey.py: ")
    assert "gone.ndjson" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("postgresql://me:secret@db:5433/log?sslmode=require", "postgresql://db:5433/log"),
        ("https://record.example/", "https://record.example"),
        ("exports/log.parquet", "log.parquet"),
    ],
)
def test_a_picture_names_its_source_without_secrets(source: str, shown: str) -> None:
    assert runpy.run_path(str(FOLDER / "reading.py"))["_public"](source) == shown


def test_a_journey_is_shown_month_by_month(sample_url: str) -> None:
    output = ran("journey", sample_url, "mill-museum")
    assert output.startswith("Brackwater Mill Museum: ")
    assert "asked: How can we" in output
    for word in (
        "planned: ",
        "concluded, ",
        "failed: ",
        "learned: ",
        "adopted a peer's learning: ",
    ):
        assert word in output
    assert f"up to position {len(list(lines()))}. Viewer: facilitator." in output


def test_a_journey_of_an_unknown_organisation_is_refused(bare_url: str) -> None:
    done = run("journey", bare_url, "nobody")
    assert done.returncode == 1
    assert "There is no organisation nobody" in done.stderr


def test_the_failure_landscape_counts_every_failure(sample_url: str, tmp_path: Path) -> None:
    image = tmp_path / "failures.svg"
    output = ran("failures", sample_url, image)
    with open_log(sample_url) as log:
        failures = [*log.table("failures")]
    of_a_facet = [row for row in failures if row["facet"]]
    assert output.startswith(f"{len(failures)} failures, {len(of_a_facet)} with a facet")
    texts = words(image)
    assert f"{len(failures)} failures by facet and degree" in texts
    for facet in ("practice", "profile"):
        assert facet.capitalize() in texts
        assert str(sum(row["facet"] == facet for row in failures)) in texts
    assert any(
        text.startswith("Source: postgresql://")
        and f" up to position {len(list(lines()))}. Viewer: facilitator. Drawn on " in text
        for text in texts
    )


def test_how_learnings_travel_shows_every_adoption(sample_url: str, tmp_path: Path) -> None:
    image = tmp_path / "learnings.svg"
    output = ran("learnings", sample_url, image)
    with open_log(sample_url) as log:
        adoptions = len(log.table("adoptions"))
    assert sum(int(line.split()[0]) for line in output.splitlines()[:-1]) == adoptions
    assert f"{adoptions} adoptions of learnings between 5 organisations" in words(image)
    assert {"Brackwater Mill Museum", "Wenn Navigation Trust"} <= {*words(image)}


@pytest.mark.generated
@pytest.mark.parametrize(
    ("cohorts", "shown", "hidden"),
    [(6, "name", "sector"), (20, "sector", "name")],
    ids=["organisations", "sectors"],
)
async def test_where_arrows_would_be_a_ball_there_is_a_matrix(
    log: EventLog, tmp_path: Path, cohorts: int, shown: str, hidden: str
) -> None:
    events: list[dict[str, Any]] = [*generate(cohorts=cohorts, seed=7, scale=0.5)]
    for batch in batches(events, 200):
        await log.append(batch)
    image = tmp_path / "learnings.svg"
    output = ran("learnings", log.url, image).splitlines()[:-1]
    adoptions = sum(int(line.split()[0]) for line in output)
    texts = words(image)
    assert adoptions
    assert {"learned by", "adopted by", "total", str(adoptions)} <= {*texts}
    registered = [event["data"] for event in events if ".organisation.registered." in event["type"]]
    assert any(organisation.get(shown) in texts for organisation in registered)
    assert not any(organisation.get(hidden) in texts for organisation in registered)


def test_a_log_without_a_journey_says_so(bare_url: str) -> None:
    assert ran("journey", bare_url).startswith("There is no journey that this viewer may see.\n")


def test_a_log_without_failures_says_so_in_the_picture(bare_url: str, tmp_path: Path) -> None:
    ran("failures", bare_url, tmp_path / "failures.svg")
    assert words(tmp_path / "failures.svg")[0] == "There are no failures that this viewer may see"


def test_a_log_without_adoptions_says_so_in_the_picture(bare_url: str, tmp_path: Path) -> None:
    ran("learnings", bare_url, tmp_path / "learnings.svg")
    assert words(tmp_path / "learnings.svg")[0] == (
        "There are no adoptions of learnings that this viewer may see"
    )

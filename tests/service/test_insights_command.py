"""`howcanwe insights`: the figures as people print them."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from projections.insights.asking import ORDER
from service import demo
from service.cli import app
from service.messages import set_up

AT = ["--at", "2025-03-01T00:00:00Z"]
NEEDS_AN_ARGUMENT = {"triedBefore", "learningReach", "modesTried", "rhythm", "similarQuestions"}

Ask = Callable[..., Result]


@pytest.fixture
def ask(database_url: str, tmp_path: Path) -> Iterator[Ask]:
    """The command on the demo's log."""
    place = ["--database-url", database_url, "--data", str(tmp_path / "data")]
    told = tmp_path / "demo.ndjson"
    told.write_bytes(b"\n".join(demo.lines()))
    runner = CliRunner()
    recorded = runner.invoke(app, ["record", str(told), *place])
    assert recorded.exit_code == 0, recorded.output
    yield lambda *options: runner.invoke(app, ["insights", *options, *place])
    set_up("text")


def figures(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_one_object_has_every_figure_that_needs_no_argument(ask: Ask) -> None:
    found = figures(ask("--format", "json", *AT))
    assert list(found) == [name for name in ORDER if name not in NEEDS_AN_ARGUMENT]
    assert found["funnel"]["questions"] == 9
    assert found["openAsks"]["n"] == 4


def test_a_figure_with_an_argument_comes_when_it_is_given(ask: Ask) -> None:
    given = [
        "--organisation",
        "mill-museum",
        "--mode",
        "tell_stories",
        "--text",
        "How can we label?",
    ]
    assert set(figures(ask("--format", "json", *AT, *given))) == set(ORDER)
    chosen = ["--figure", "similarQuestions", "--figure", "funnel"]
    by_key = figures(ask("--format", "json", *AT, *chosen, "--question", "mill-labels"))
    assert list(by_key) == ["funnel", "similarQuestions"]
    assert by_key["similarQuestions"]["list"]


def test_options_choose(ask: Ask) -> None:
    funnel = ["--format", "json", "--figure", "funnel"]

    def questions(*options: str) -> int:
        count: int = figures(ask(*funnel, *AT, *options))["funnel"]["questions"]
        return count

    everything = questions()
    assert questions("--cohort", "heritage-2024") == everything - 1
    assert questions("--cohort", "nowhere") == 0
    assert 0 < questions("--organisation", "mill-museum") < everything
    assert questions("--sector", "libraries") == questions("--organisation", "library-trust")
    assert 0 < questions("--theme", "labels") < everything
    early = questions("--to", "2024-03-01T00:00:00Z")
    assert early + questions("--from", "2024-03-01T00:00:00Z") == everything
    assert figures(ask(*funnel, "--as-of", "60"))["funnel"]["questions"] < everything
    beyond = ask(*funnel, "--as-of", "999999")
    assert (beyond.exit_code, beyond.stdout) == (1, "")
    assert "--as-of 999999: the log goes up to " in beyond.stderr


@pytest.mark.parametrize(
    ("viewer", "given"),
    [
        ("facilitator", True),
        ("facilitator:heritage-2024", True),
        ("facilitator:elsewhere", False),
        ("organisation:mill-museum", False),
        ("analyst", False),
        ("public", False),
    ],
)
def test_a_viewer_is_told_what_they_may_see(ask: Ask, viewer: str, given: bool) -> None:
    result = ask("--format", "json", *AT, "--cohort", "heritage-2024", "--viewer", viewer)
    found = figures(result)
    assert (found["openness"] is not None) is given
    assert ("hidden from this viewer" in result.stderr) is not given


def test_csv_has_a_line_per_number(ask: Ask) -> None:
    chosen = ["--figure", "funnel", "--figure", "openAsks", "--figure", "openness"]
    result = ask("--format", "csv", *AT, *chosen, "--viewer", "analyst")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    funnel = {row["field"]: row["value"] for row in rows if row["figure"] == "funnel"}
    assert funnel["planned"] == "20"
    assert [row for row in rows if row["figure"] == "openAsks"] == [
        {"figure": "openAsks", "row": "", "field": "", "value": ""}
    ]
    lists = ask("--format", "csv", *AT, "--figure", "openAsks").stdout
    assert "openAsks,0,list.ask,canal-landowner\n" in lists


def test_tables_are_for_people(ask: Ask) -> None:
    result = ask(*AT, "--figure", "openAsks", "--figure", "funnel")
    assert result.exit_code == 0
    assert "canal-landowner" in result.stdout
    assert "planned" in result.stdout
    withheld = ask(*AT, "--figure", "openAsks", "--viewer", "public")
    assert "only for the facilitator" in withheld.stdout


@pytest.mark.parametrize(
    "wrong",
    [
        ["--viewer", "pope"],
        ["--viewer", "organisation"],
        ["--viewer", "organisation:a,b"],
        ["--viewer", "facilitator:"],
        ["--viewer", "analyst:c"],
        ["--figure", "nothing"],
        ["--at", "yesterday"],
        ["--from", "2024"],
        ["--mode", "dance"],
        ["--as-of", "-1"],
    ],
    ids=" ".join,
)
def test_what_has_no_meaning_is_wrong_usage(ask: Ask, wrong: list[str]) -> None:
    result = ask(*wrong)
    assert result.exit_code == 2
    assert result.stdout == ""

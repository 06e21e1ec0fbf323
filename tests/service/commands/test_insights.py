"""`howcanwe insights`: the figures as people print them."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from projections.insights.answers import ORDER
from service.cli import app

AT = ["--at", "2025-03-01T00:00:00Z"]
NEEDS_AN_ARGUMENT = {"triedBefore", "learningReach", "modesTried", "rhythm", "similarQuestions"}

WITH_ARGUMENTS = [
    *("--of-organisation", "mill-museum", "--of-theme", "labels", "--mode", "tell_stories"),
    *("--question", "mill-labels"),
]


@dataclass
class Ask:
    """The command on the log at a place."""

    place: list[str]

    def __call__(self, *options: str) -> Result:
        return CliRunner().invoke(app, ["insights", *options, *self.place])


@pytest.fixture
def ask(demo_place: list[str]) -> Ask:
    """The command on the demo's log."""
    return Ask(demo_place)


def output_of(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def figures(result: Result) -> Any:
    return {name: figure["answer"] for name, figure in output_of(result).items()}


def test_one_object_has_every_figure_that_needs_no_argument(ask: Ask) -> None:
    found = figures(ask("--format", "json", *AT))
    assert list(found) == [name for name in ORDER if name not in NEEDS_AN_ARGUMENT]
    assert found["funnel"]["questions"] == 9
    assert found["openAsks"]["n"] == 4


def test_a_figure_with_an_argument_comes_when_it_is_given(ask: Ask) -> None:
    given = [
        "--of-organisation",
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


def test_a_text_is_compared_in_its_language(ask: Ask) -> None:
    chosen = ["--format", "json", *AT, "--figure", "similarQuestions"]

    def similar(*options: str) -> list[Any]:
        rows: list[Any] = figures(ask(*chosen, *options))["similarQuestions"]["list"]
        return rows

    # In English, all of its words are those of the opening.
    text = ["--text", "How can we?"]
    assert similar(*text) == similar(*text, "--language", "en-GB") == []
    assert similar(*text, "--language", "cy") != []
    for wrong, why in (
        ([*text, "--language", "en_GB"], "--language en_GB: expected a BCP 47 language tag"),
        (["--question", "mill-labels", "--language", "cy"], "--language is the language of --text"),
        (["--language", "cy"], "--language is the language of --text"),
    ):
        refused = ask(*chosen, *wrong)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert why in refused.stderr


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
    assert "position 999999 is after the end of the log, which is at " in beyond.stderr


def test_scope_and_argument_are_two_things(ask: Ask) -> None:
    """The scope is what figures are about; an argument is what one figure is asked of it."""
    chosen = ["--format", "json", *AT, "--figure"]
    rhythm = figures(ask(*chosen, "rhythm", "--of-organisation", "mill-museum"))["rhythm"]
    assert rhythm["list"]
    elsewhere = ["--of-organisation", "mill-museum", "--organisation", "library-trust"]
    assert figures(ask(*chosen, "rhythm", *elsewhere))["rhythm"] == {"list": []}
    by_theme = output_of(ask(*chosen, "triedBefore", "--of-theme", "labels"))["triedBefore"]
    assert by_theme["answer"]["n"] > 0
    assert (by_theme["scope"], by_theme["arguments"]) == ({}, {"themes": ["labels"]})
    both = ["--of-theme", "labels", "--theme", "volunteers"]
    assert figures(ask(*chosen, "triedBefore", *both))["triedBefore"]["n"] == 0


def test_each_figure_is_printed_with_its_moment_its_scope_and_its_units(ask: Ask) -> None:
    asked = ["--as-of", "200", "--cohort", "heritage-2024", "--from", "2024-02-01T00:00:00+01:00"]
    found = output_of(ask("--format", "json", *AT, *asked))
    for figure in found.values():
        assert figure["at"] == "2025-03-01T00:00:00.000000Z"
        assert figure["asOf"] == 200
        assert figure["scope"] == {
            "cohorts": ["heritage-2024"],
            "from": "2024-01-31T23:00:00.000000Z",
        }
        assert figure["partial"] is False
    assert found["openAsks"]["units"] == {"n": "count", "daysOpen": "days"}
    assert found["openness"]["units"] == {
        "n": "count",
        "share": "share, 0 to 1",
        "medianDays": "days",
    }
    assert found["costOfLearning"]["units"]["amount"] == "the row's currency"


def test_every_fraction_of_every_figure_has_a_unit(ask: Ask) -> None:
    for name, figure in output_of(ask("--format", "json", *AT)).items():
        for field, value in numbers(figure["answer"]):
            assert field in figure["units"], (name, field)
            if isinstance(value, float):
                assert figure["units"][field] != "count", (name, field)


def numbers(value: Any, field: str = "") -> Iterator[tuple[str, int | float]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from numbers(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner, field)
    elif isinstance(value, int | float):
        yield field, value


def test_explained_a_figure_is_printed_with_its_definition(ask: Ask) -> None:
    definition = "Requests for help that nobody has answered yet, with the longest open first. n = requests for help."
    chosen = [*AT, "--figure", "openAsks"]
    assert output_of(ask("--format", "json", *chosen, "--explain"))["openAsks"]["definition"] == (
        definition
    )
    assert "definition" not in output_of(ask("--format", "json", *chosen))["openAsks"]
    assert definition in ask(*chosen, "--explain").stdout
    assert definition not in ask(*chosen).stdout
    [row, *_] = csv.DictReader(io.StringIO(ask("--format", "csv", *chosen, "--explain").stdout))
    assert row["definition"] == definition


def test_an_exported_file_gives_the_same_figures_as_its_log(ask: Ask, tmp_path: Path) -> None:
    exported = tmp_path / "log.ndjson.gz"
    replayed = CliRunner().invoke(app, ["replay", *ask.place, "--out", str(exported)])
    assert replayed.exit_code == 0, replayed.output
    for viewer in ("facilitator", "organisation:mill-museum", "public"):
        chosen = ["--format", "json", *AT, "--as-of", "269", *WITH_ARGUMENTS, "--viewer", viewer]
        by_file = CliRunner().invoke(app, ["insights", str(exported), *chosen])
        assert output_of(by_file) == output_of(ask(*chosen))
    by_default = CliRunner().invoke(app, ["insights", str(exported), "--format", "json", *AT])
    assert output_of(by_default) == output_of(ask("--format", "json", *AT))


def test_a_file_that_is_not_the_whole_log_is_refused(ask: Ask, tmp_path: Path) -> None:
    part = tmp_path / "part.ndjson"
    options = ["--out", str(part), "--type", "failure.recorded"]
    CliRunner().invoke(app, ["replay", *ask.place, *options])
    refused = CliRunner().invoke(app, ["insights", str(part)])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "figures need a whole log" in refused.stderr


@pytest.mark.parametrize(
    ("viewer", "given", "whole"),
    [
        ("facilitator", True, True),
        ("facilitator:heritage-2024", True, True),
        ("organisation:mill-museum", False, False),
        # The sample cohort has a failure whose cause is deviance.
        ("evaluator:heritage-2024", True, False),
        ("analyst", False, False),
        ("public", False, False),
    ],
)
def test_a_viewer_gets_only_the_figures_they_may_see(
    ask: Ask, viewer: str, given: bool, whole: bool
) -> None:
    result = ask("--format", "json", *AT, "--cohort", "heritage-2024", "--viewer", viewer)
    found = figures(result)
    assert (found["openness"] is not None) is given
    assert ("hidden from this viewer" in result.stderr) is not whole


@pytest.mark.parametrize("role", ["facilitator", "evaluator"])
def test_a_viewer_of_a_cohort_that_is_not_in_the_log_is_refused(ask: Ask, role: str) -> None:
    refused = ask(*AT, "--viewer", f"{role}:elsewhere")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "howcanwe: there is no cohort elsewhere in this log\n"


def test_csv_has_a_line_per_number(ask: Ask) -> None:
    chosen = ["--figure", "funnel", "--figure", "openAsks", "--figure", "openness"]
    result = ask("--format", "csv", *AT, *chosen, "--viewer", "analyst")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    funnel = {row["field"]: row["value"] for row in rows if row["figure"] == "funnel"}
    assert funnel["planned"] == "20"
    assert [row for row in rows if row["figure"] == "openAsks"] == [
        {**dict.fromkeys(rows[0], ""), "figure": "openAsks", **asked_by_all(rows)}
    ]
    asked = ("--cohort", "heritage-2024", "--organisation", "canal-society")
    lists = ask("--format", "csv", *AT, "--as-of", "269", "--figure", "openAsks", *asked).stdout
    rows = list(csv.DictReader(io.StringIO(lists)))
    assert {row["at"] for row in rows} == {"2025-03-01T00:00:00.000000Z"}
    assert {row["as_of"] for row in rows} == {"269"}
    assert {row["scope"] for row in rows} == {"cohorts heritage-2024; organisations canal-society"}
    units = {row["field"]: row["unit"] for row in rows}
    assert (units["n"], units["list.ask"], units["list.daysOpen"]) == ("count", "", "days")


def asked_by_all(rows: list[dict[str, str]]) -> dict[str, str]:
    return {name: rows[0][name] for name in ("at", "as_of", "scope")}


def test_tables_are_for_people(ask: Ask) -> None:
    result = ask(*AT, "--figure", "openAsks", "--figure", "funnel")
    assert result.exit_code == 0
    assert "canal-landowner" in result.stdout
    assert "planned" in result.stdout
    assert "at 2025-03-01T00:00:00.000000Z, as of position 287; scope: everything" in result.stdout
    assert "units: daysOpen in days" in result.stdout
    several = ask(*AT, "--figure", "openness").stdout
    assert "  units: share in share, 0 to 1; medianDays in days\n" in several
    withheld = ask(*AT, "--figure", "openAsks", "--viewer", "public")
    assert "available only to a facilitator" in withheld.stdout


@pytest.mark.parametrize(
    "wrong",
    [
        ["--figure", "nothing"],
        ["--figure", "rhythm"],
        ["--figure", "rhythm", "--organisation", "mill-museum"],
        ["--figure", "triedBefore", "--theme", "labels"],
        ["--figure", "funnel", "--of-organisation", "mill-museum"],
        ["--figure", "rhythm", "--of-organisation", "mill-museum", "--of-theme", "labels"],
        ["--at", "yesterday"],
        ["--from", "2024"],
        ["--from", "2024-02-01T00:00:00Z", "--to", "2024-02-01T00:00:00Z"],
        ["--mode", "dance"],
        ["--as-of", "-1"],
        ["--question", "mill-labels", "--text", "How can we label?"],
    ],
    ids=" ".join,
)
def test_a_meaningless_option_is_wrong_usage(ask: Ask, wrong: list[str]) -> None:
    result = ask(*wrong)
    assert result.exit_code == 2
    assert result.stdout == ""

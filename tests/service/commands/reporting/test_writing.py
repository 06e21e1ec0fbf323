"""`howcanwe report`: reports as people write them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from tests.service.pages.reading import PageReader

COHORT = ["--cohort", "heritage-2024"]


@pytest.fixture
def place(demo_place: list[str]) -> list[str]:
    return demo_place


def report(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", *arguments])


def test_a_file_gives_the_same_bytes_as_its_database(place: list[str], tmp_path: Path) -> None:
    log = tmp_path / "log.ndjson"
    assert CliRunner().invoke(app, ["replay", "--out", str(log), *place]).exit_code == 0
    for name in ("report.html", "report.md"):
        ours, theirs = tmp_path / name, tmp_path / f"again-{name}"
        made = report(*COHORT, *place, "--out", str(ours))
        assert (made.exit_code, made.stdout, made.stderr) == (0, "", "")
        again = report(str(log), *COHORT, "--out", str(theirs))
        assert again.exit_code == 0, again.output
        assert ours.read_bytes() == theirs.read_bytes()
        assert b"As of" in ours.read_bytes()
        assert b"27 Nov 2025" in ours.read_bytes()


def test_the_html_needs_nothing_else_and_can_be_read_by_all(place: list[str]) -> None:
    page = PageReader(report(*COHORT, *place).stdout)
    assert page.faults == []
    tags = [tag for tag, _ in page.elements]
    assert not {"script", "link", "img", "iframe", "object", "base"} & set(tags)
    assert tags.count("h1") == tags.count("main") == 1
    assert "url(" not in page.html
    assert "@import" not in page.html
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.elements:
        assert "style" not in attributes
        href = attributes.get("href")
        assert href is None or (href[0] == "#" and href[1:] in ids), tag


def test_the_example_can_be_printed_kept_and_used(place: list[str], tmp_path: Path) -> None:
    example = report("--example")
    assert example.exit_code == 0
    definition = tmp_path / "report.toml"
    definition.write_text(example.stdout, "utf-8")
    links = ["--links", "https://howcanwe.example/"]
    made = report("--definition", str(definition), "--format", "markdown", *links, *place)
    assert made.exit_code == 0, made.output
    for expected in (
        "# The Valley's Keepers: what came of it",
        "For the Heritage Fund",
        "- Time: 1 Jan 2024 \u2013 31 Dec 2024",
        "## The second half (1 Jul 2024 \u2013 31 Dec 2024)",
        "| Jul \u2013 September 2024 |",
        "[iteration/label-wall-1](<https://howcanwe.example/iterations/label-wall-1>) (30)",
    ):
        assert expected in made.stdout
    # An option takes precedence over the file.
    other = report("--definition", str(definition), "--language", "de", "--title", "B", *place)
    assert '<html lang="de">' in other.stdout
    assert "<title>B</title>" in other.stdout


def test_periods_add_up(place: list[str]) -> None:
    def failures(*options: str) -> int:
        text = report(*COHORT, "--format", "markdown", *place, *options).stdout
        [row] = [line for line in text.splitlines() if line.startswith("| Failures |")]
        return int(row.split("|")[2])

    early, late = failures("--to", "2024-05-01"), failures("--from", "2024-05-01")
    assert (early, late) == (4, 10)
    assert failures() == 14


def test_all_faults_of_a_definition_are_reported(place: list[str], tmp_path: Path) -> None:
    definition = tmp_path / "report.toml"
    definition.write_text('titl = "A"\n[[sections]]\ntitle = "One"\nfigures = ["funel"]\n')
    refused = report("--definition", str(definition), "--at", "soon", *place)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.splitlines() == [
        f"howcanwe: {definition}: at: soon is no day or moment; expected one such as 2024-07-01",
        f"howcanwe: {definition}: section 1 (One), figures 1: funel is no figure of a report; did you mean funnel?",
        f"howcanwe: {definition}: titl: there is no such setting; did you mean title?",
    ]


def test_what_cannot_be_is_refused(place: list[str], tmp_path: Path) -> None:
    for options, code, sentence in (
        (["--definition", str(tmp_path / "missing.toml")], 2, "cannot be read"),
        (["--out", "report.pdf"], 2, "expected a name that ends in .html or .md"),
        (["--out", "report.html", "--format", "markdown"], 2, "is not the name of a file in"),
        (["--from", "2024-07-01", "--to", "2024-01-01"], 2, "the period ends on 2024-01-01"),
        (["--links", "javascript:alert(1)"], 2, "expected an address such as"),
        (["--cohort", "nowhere"], 1, "cohort nowhere: this viewer sees no such cohort"),
        (["--out", str(tmp_path / "no" / "r.html")], 1, "cannot be written"),
    ):
        refused = report(*place, *options)
        assert (refused.exit_code, refused.stdout) == (code, ""), refused.output
        assert sentence in refused.stderr


def test_a_dash_is_standard_output(
    place: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {*tmp_path.iterdir()}
    for form in ("html", "markdown"):
        shown = report(*COHORT, *place, "--format", form)
        assert shown.stdout
        assert report(*COHORT, *place, "--format", form, "--out", "-").stdout == shown.stdout
    assert {*tmp_path.iterdir()} == before


def test_viewers_see_less_and_the_report_says_so(place: list[str]) -> None:
    whole, members = (
        report(*COHORT, *place, "--viewer", viewer) for viewer in ("facilitator", "analyst")
    )
    assert "Do not pass it on." in whole.stdout
    assert "hidden from this viewer" not in whole.stderr
    assert "this report has what every member of the cohort may see" in members.stdout
    assert "All of this is only as far as is shown here; there may be more." in members.stdout
    assert "hidden from this viewer" in members.stderr
    assert "Failures that led to learning" in PageReader(members.stdout).text
    assert 'id="failureConversion"' in whole.stdout
    assert 'id="failureConversion"' not in members.stdout


def test_an_empty_log_has_nothing_to_report(database_url: str, tmp_path: Path) -> None:
    refused = report("--database-url", database_url, "--data", str(tmp_path / "data"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "this viewer sees nothing in the log" in refused.stderr

"""The measurements that the README shows are those of the whole table."""

from pathlib import Path

import pytest

from docs.reference import sections
from docs.reference.sections import BENCHMARKS, README, quoted, renewed, section

TABLE = """2 cores

| measured | ours |
|---|--:|
| append | 7 events/s |
| read | 9 events/s |"""


def test_the_readme_shows_rows_of_the_table() -> None:
    figures = section(README.read_text())
    assert len(figures.splitlines()) == len(["heading", "line"]) + 5
    assert figures == quoted(figures, section(BENCHMARKS.read_text()))


def test_writing_replaces_the_table_and_the_rows_that_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, readme = tmp_path / "benchmarks.md", tmp_path / "README.md"
    page.write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n")
    readme.write_text(
        "a\n<!-- bench -->\n| measured | |\n|---|\n| read | old |\n<!-- /bench -->\nz\n"
    )
    monkeypatch.setattr(sections, "BENCHMARKS", page)
    monkeypatch.setattr(sections, "README", readme)
    sections.write(TABLE)
    assert page.read_text() == f"before\n<!-- bench -->\n{TABLE}\n<!-- /bench -->\nafter\n"
    assert readme.read_text() == (
        "a\n<!-- bench -->\n| measured | ours |\n|---|--:|\n| read | 9 events/s |\n<!-- /bench -->\nz\n"
    )


def test_a_part_renews_its_rows_and_adds_new_ones_at_the_end() -> None:
    table = f"{TABLE}\n| read | 8 other/s |\n| fold | 3 events/s |"
    part = (
        "2 cores; in parts\n\n| measured | ours |\n|---|--:|\n| sing | 1 |\n| read | 11 events/s |"
    )
    assert renewed(table, part).splitlines() == [
        "2 cores; in parts",
        "",
        "| measured | ours |",
        "|---|--:|",
        "| append | 7 events/s |",
        "| read | 11 events/s |",
        "| fold | 3 events/s |",
        "| sing | 1 |",
    ]


def test_a_part_of_another_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="another machine: 2 cores"):
        renewed(TABLE, TABLE.replace("2", "4"))


@pytest.mark.parametrize("name", ["gone", "read"])
def test_a_row_that_is_no_longer_measured_or_not_unique_is_noticed(name: str) -> None:
    with pytest.raises(ValueError, match=f"rows '{name}', expected one"):
        quoted(f"| {name} | 1 |", f"{TABLE}\n| read | 8 events/s |")

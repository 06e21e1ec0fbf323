"""The measurements that the README shows are those of the whole table."""

from pathlib import Path

import pytest

from docs.reference import sections
from docs.reference.sections import BENCHMARKS, README, quoted, section

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


@pytest.mark.parametrize("name", ["gone", "read"])
def test_a_row_that_is_no_longer_measured_or_not_unique_is_noticed(name: str) -> None:
    with pytest.raises(ValueError, match=f"rows '{name}', expected one"):
        quoted(f"| {name} | 1 |", f"{TABLE}\n| read | 8 events/s |")

"""The measurements in the pages: the whole table in one, some of its rows in the README, each between two marks."""

import re
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parents[2] / "README.md"
BENCHMARKS: Final = Path(__file__).parent / "benchmarks.md"

BEGIN: Final = "<!-- bench -->\n"
END: Final = "\n<!-- /bench -->"


def section(text: str) -> str:
    """Return what stands between the marks of a page's text."""
    match = re.search(f"{BEGIN}(.*?){END}", text, re.DOTALL)
    if match is None:
        raise ValueError("the page has no section of measurements")
    return match.group(1)


def with_section(text: str, content: str) -> str:
    """Return the page's text with this content between its marks."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{content}{END}{rest.partition(END)[2]}"


def quoted(shown: str, table: str) -> str:
    """Return the rows that are shown as the table has them. Raises ValueError unless each name is that of one row."""
    rows = [row for row in table.splitlines() if row.startswith("|")]
    found = []
    for name in map(_name, shown.splitlines()):
        named = [row for row in rows if _name(row) == name]
        if len(named) != 1:
            raise ValueError(f"the table has {len(named)} rows '{name}', expected one")
        found += named
    return "\n".join(found)


def write(table: str) -> None:
    """Write the table into its page, and the rows that the README shows into the README."""
    page, readme = BENCHMARKS.read_text(), README.read_text()
    rows = quoted(section(readme), table)
    BENCHMARKS.write_text(with_section(page, table))
    README.write_text(with_section(readme, rows))


def _name(row: str) -> str:
    """Return what a row is about: its first cell."""
    return row.split("|")[1].strip()

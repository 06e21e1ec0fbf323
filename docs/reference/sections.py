"""The measurements in the pages: the whole table in one, some of its rows in the README, each between two marks."""

import re
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parents[2] / "README.md"
BENCHMARKS: Final = Path(__file__).parent / "benchmarks.md"

BEGIN: Final = "<!-- bench -->\n"
END: Final = "\n<!-- /bench -->"

# The machine, a blank line, the heading of the columns, and the line below it.
_HEAD_LINES: Final = 4


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


def renewed(table: str, part: str) -> str:
    """Return the table with the rows of a part in place of those of the same names, and new ones at its end.

    Raises ValueError where the part was measured on another machine.
    """
    head, part_head = (text.partition("\n")[0] for text in (table, part))
    if _machine(head) != _machine(part_head):
        raise ValueError(f"the table was measured on another machine: {_machine(head)}")
    rows: dict[str, list[str]] = {}
    for row in part.splitlines()[_HEAD_LINES:]:
        rows.setdefault(_name(row), []).append(row)
    lines = [part_head]
    replaced: set[str] = set()
    for line in table.splitlines()[1:]:
        name = _name(line) if line.startswith("|") else ""
        if name not in rows:
            lines.append(line)
        elif name not in replaced:
            replaced.add(name)
            lines += rows[name]
    lines += [row for name, new in rows.items() if name not in replaced for row in new]
    return "\n".join(lines)


def write(table: str) -> None:
    """Write the table into its page, and the rows that the README shows into the README."""
    page, readme = BENCHMARKS.read_text(), README.read_text()
    rows = quoted(section(readme), table)
    BENCHMARKS.write_text(with_section(page, table))
    README.write_text(with_section(readme, rows))


def write_part(part: str) -> None:
    """Write the rows of a part into the table, and into the README."""
    write(renewed(section(BENCHMARKS.read_text()), part))


def _name(row: str) -> str:
    """Return what a row is about: its first cell."""
    return row.split("|")[1].strip()


def _machine(head: str) -> str:
    """Return what was measured on, without how."""
    return head.partition(";")[0]

"""The table of what was measured."""

import os
import platform
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import psutil  # type: ignore[import-untyped]  # it ships no types
from rich.console import Console
from rich.table import Table

GIB = 1 << 30
_COLOURED = {"met": "[green]met[/]", "missed": "[red]missed[/]", "shown": "shown"}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured. `ratio` is ours to the other's, None where the target is for our number itself.

    Where there is no target but to show the number, `met` is None.
    """

    what: str
    ours: float
    unit: str
    beside: str
    other: float | None
    ratio: float | None
    target: str
    met: bool | None

    @property
    def verdict(self) -> str:
        """Whether the target was met, or that there is none."""
        return "shown" if self.met is None else "met" if self.met else "missed"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that could not be measured, and why."""

    what: str
    why: str


def compared(
    what: str,
    unit: str,
    beside: str,
    rounds: list[tuple[float, float]],
    at_least: float | None,
) -> Row:
    """Return the row of rounds of (ours, the other's): medians, and the median of the rounds' ratios.

    Without `at_least` the ratio is only shown.
    """
    ratio = median(ours / other for ours, other in rounds)
    return Row(
        what,
        median(ours for ours, _ in rounds),
        unit,
        beside,
        median(other for _, other in rounds),
        ratio,
        "" if at_least is None else f"≥ {at_least:g}",
        None if at_least is None else ratio >= at_least,
    )


def unlimited(
    what: str,
    ours: float,
    unit: str,
    beside: str,
    other: float | None = None,
) -> Row:
    """Return the row of a number that has no target, beside the other's where there is one."""
    ratio = None if other is None else ours / other
    return Row(what, ours, unit, beside, other, ratio, "", None)


def limited(what: str, ours: float, unit: str, beside: str, below: float) -> Row:
    """Return the row of a number that is to stay below a limit."""
    return Row(what, ours, unit, beside, None, None, f"< {below:g}", ours < below)


def reached(
    what: str, ours: float, unit: str, beside: str, other: float | None, at_least: float
) -> Row:
    """Return the row of a number that is to reach a limit, beside the other's."""
    ratio = None if other is None else ours / other
    return Row(what, ours, unit, beside, other, ratio, f"≥ {at_least:,g}", ours >= at_least)


def machine(postgres: str) -> dict[str, str]:
    """Return what was measured on."""
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / GIB:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "PostgreSQL": postgres,
    }


def show(console: Console, measured_on: dict[str, str], rows: list[Row | Skipped]) -> None:
    """Print the table, the machine above it."""
    console.print(", ".join(f"{name} {value}" for name, value in measured_on.items()))
    table = Table()
    for heading in ("measured", "ours", "beside", "its", "ratio", "target", "verdict"):
        right = heading in ("ours", "its", "ratio", "target")
        table.add_column(heading, justify="right" if right else "left")
    for row in rows:
        if isinstance(row, Skipped):
            table.add_row(row.what, "", row.why, "", "", "", "[yellow]skipped[/]")
            continue
        table.add_row(
            row.what,
            f"{_number(row.ours)} {row.unit}",
            row.beside,
            "" if row.other is None else f"{_number(row.other)} {row.unit}",
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.target,
            _COLOURED[row.verdict],
        )
    console.print(table)


def as_markdown(measured_on: dict[str, str], rows: list[Row | Skipped], how: str) -> str:
    """Return the table as the page of benchmarks has it, with the machine and how it was measured."""
    lines = [
        f"{', '.join(f'{name} {value}' for name, value in measured_on.items())}; `{how}`.",
        "",
        "| measured | ours | beside | its | ratio | target | |",
        "|---|--:|---|--:|--:|--:|---|",
    ]
    for row in rows:
        if isinstance(row, Skipped):
            lines.append(f"| {row.what} | | {row.why} | | | | skipped |")
            continue
        cells = [
            row.what,
            f"{_number(row.ours)} {row.unit}".strip(),
            row.beside,
            "" if row.other is None else f"{_number(row.other)} {row.unit}".strip(),
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.target,
            "**missed**" if row.verdict == "missed" else row.verdict,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def as_json(measured_on: dict[str, str], rows: list[Row | Skipped]) -> dict[str, Any]:
    """Return the table as JSON."""
    return {"machine": measured_on, "rows": [asdict(row) for row in rows]}


def _number(found: float) -> str:
    """Return a number with as many digits as say something."""
    return f"{found:.3g}" if 0.1 <= abs(found) < 10 and found % 1 else f"{found:z,.0f}"

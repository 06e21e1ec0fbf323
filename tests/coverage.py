"""How much of each package was run: a table of what `coverage json` writes. `scripts/test --coverage` prints it."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, Final

MEASURED: Final = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def table(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a table: what was run, in per cent, for each folder with modules and for all of them."""
    folders: dict[str, Counter[str]] = {}
    for path, file in report["files"].items():
        counted = Counter({name: file["summary"][name] for name in MEASURED})
        for folder in (str(PurePath(path).parent), "all"):
            folders.setdefault(folder, Counter()).update(counted)
    yield f"{'package':<32}{'lines':>8}{'run':>8}{'branches':>10}{'run':>8}"
    whole = folders.pop("all", Counter())
    for folder, counted in [*sorted(folders.items()), ("all", whole)]:
        lines, lines_run, branches, branches_run = (counted[name] for name in MEASURED)
        yield (
            f"{folder:<32}{lines:>8}{_share(lines_run, lines):>8}"
            f"{branches:>10}{_share(branches_run, branches):>8}"
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table(json.load(sys.stdin)))

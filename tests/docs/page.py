"""A page of the documentation as its tests read it: sections, and blocks of code with the answers shown after them."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from docs.reference import PAGES

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "README.md"
FOLDER: Final = ROOT / "docs"
ANYTHING: Final = "…"

_BLOCK: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_SHOWN: Final = frozenset({"json", "text"})


@dataclass(frozen=True)
class Example:
    """A block of code, and what the page shows after it: its answer as JSON, or its output as text."""

    language: str
    text: str
    shown: tuple[str, str] | None
    line: int

    def check(self, output: str) -> None:
        """Fail if the output is not the one shown, in which … matches anything."""
        if self.shown is None:
            assert '"errors"' not in output, output
            return
        language, shown = self.shown
        if language == "text":
            pattern = re.escape(shown.strip()).replace(ANYTHING, ".*")
            assert re.fullmatch(pattern, output.strip(), re.DOTALL), output
            return
        given = json.loads(output)
        if "data" in given:
            # Every answer also has the query's cost, which a page does not show.
            given.pop("extensions", None)
        assert matches(json.loads(shown), given), output


@dataclass(frozen=True)
class Page:
    """A page in Markdown."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the repository, without the suffix."""
        return str(self.path.relative_to(ROOT).with_suffix(""))

    @cached_property
    def text(self) -> str:
        """What it says."""
        return self.path.read_text()

    @cached_property
    def examples(self) -> list[Example]:
        """What can be run, in order. What only shows an answer or a picture is none."""
        blocks = list(_BLOCK.finditer(self.text))
        found = []
        for number, block in enumerate(blocks, start=1):
            _, language, text = block.groups()
            after = blocks[number] if number < len(blocks) else None
            if language in _SHOWN:
                continue
            shown = None
            if after is not None and after.group(2) in _SHOWN:
                shown = (after.group(2), after.group(3))
            line = self.text.count("\n", 0, block.start()) + 1
            found.append(Example(language, text, shown, line))
        return found

    def blocks(self, language: str, section: str) -> list[str]:
        """Return the blocks of code under a heading, up to the next one."""
        text = re.split(rf"^#+ {re.escape(section)}$", self.text, flags=re.MULTILINE)[1]
        text = re.split(r"^#+ ", text, flags=re.MULTILINE)[0]
        return [block for _, found, block in _BLOCK.findall(text) if found == language]


def pages() -> list[Page]:
    """Return the README and all pages that were written by hand."""
    stand_ins = {FOLDER / "reference" / f"{name}.md" for name in PAGES}
    return [Page(README), *map(Page, sorted({*FOLDER.rglob("*.md")} - stand_ins))]


def matches(shown: Any, given: Any) -> bool:
    """Say whether an answer is the one shown, in which … matches anything."""
    if shown == ANYTHING:
        return True
    if isinstance(shown, dict) and isinstance(given, dict):
        return shown.keys() == given.keys() and all(
            matches(shown[name], given[name]) for name in shown
        )
    if isinstance(shown, list) and isinstance(given, list):
        return len(shown) == len(given) and all(map(matches, shown, given))
    return bool(shown == given)

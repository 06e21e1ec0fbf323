"""Sections of a page that programs write: what stands between two marks."""

import re
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parents[2] / "README.md"


def section(name: str, text: str) -> str:
    """Return what stands between a section's marks in the README's text."""
    match = re.search(rf"<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", text, re.DOTALL)
    if match is None:
        raise ValueError(f"the README has no section {name}")
    return match.group(1)


def with_section(name: str, text: str, content: str) -> str:
    """Return the README's text with this content between a section's marks."""
    section(name, text)
    before, mark, rest = text.partition(f"<!-- {name} -->\n")
    end = f"<!-- /{name} -->"
    return f"{before}{mark}{content}\n{end}{rest.partition(end)[2]}"

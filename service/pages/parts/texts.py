"""Plain text, as it is mailed: in lines that every mail program shows whole."""

from textwrap import TextWrapper
from typing import Final

COLUMNS: Final = 72

_ITEM: Final = "- "
_WORDS_MIN: Final = 2
"""From how many words on a line can be wrapped."""


def wrapped(text: str) -> str:
    """Return a text, in which each line is a paragraph or an item that begins with "- ", in lines of 72 columns.

    What has no blank, such as an address, stays whole. There is at most one empty line between two others.
    """
    lines = [_wrapped(line.rstrip()) for line in text.strip().splitlines()]
    kept = [line for at, line in enumerate(lines) if line or lines[at - 1]]
    return "\n".join((*kept, ""))


def _wrapped(line: str) -> str:
    if len(line.split()) < _WORDS_MIN:
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    further = indent + " " * len(_ITEM) if line.lstrip().startswith(_ITEM) else indent
    wrapper = TextWrapper(
        COLUMNS, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(line)

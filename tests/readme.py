"""The README's tables that follow from the code. `python -m tests.readme` writes them into it."""

from collections.abc import Callable
from typing import Final

from docs.reference.rules import rules
from docs.reference.sections import README, section, with_section
from docs.reference.settings import settings
from docs.reference.vocabulary import vocabulary

__all__ = ["README", "SECTIONS", "refreshed", "section", "with_section"]

SECTIONS: Final[dict[str, Callable[[], str]]] = {
    "settings": settings,
    "vocabulary": vocabulary,
    "rules": rules,
}


def refreshed(text: str) -> str:
    """Return the README's text with every section as the code gives it."""
    for name, write in SECTIONS.items():
        text = with_section(name, text, write())
    return text


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text()))

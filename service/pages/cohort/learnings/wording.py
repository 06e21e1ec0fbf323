"""The words of learnings on a page: whole where one stands first, only how it begins wherever it stands again."""

from collections.abc import Mapping
from typing import Any, Final

AGAIN_CHARACTERS_MAX: Final = 80
"""How long the beginning of a statement is that stands on the page already."""


class Wording:
    """Gives a page the words of learnings, in the order of the page."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, learning: Mapping[str, Any]) -> str:
        """Return the statement of a learning, or only its beginning if it was given before."""
        statement: str = learning["statement"]
        if learning["key"] not in self._told:
            self._told.add(learning["key"])
            return statement
        return beginning(statement)

    def worded(self, learning: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the learning with its words on this page, as `words`."""
        return {**learning, "words": self(learning)}


def beginning(text: str) -> str:
    """Return the first words of a text that is longer than that, with a sign that there are more."""
    if len(text) <= AGAIN_CHARACTERS_MAX:
        return text
    start = text[: AGAIN_CHARACTERS_MAX + 1]
    words, _, _ = start.rpartition(" ")
    return f"{(words or start[:-1]).rstrip(' ,;:-')}…"

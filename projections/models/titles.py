"""What a subject is known by, in a line: a title, a name, or what was said of it first."""

from typing import Final

from events.vocabulary.text_folding import trimmed

LINE_MAX: Final = 160
"""How many characters a line of somebody's words has at most."""

TITLES: Final = {
    "cohort": "title",
    "organisation": "name",
    "question": "text",
    "iteration": "title",
    "failure": "actual",
    "learning": "statement",
    "inspiration": "title",
    "ask": "text",
    "outcome": "description",
    "publication": "title",
}
"""The field, of the event that creates a subject of a kind, with its title. Persons and pairings have none."""


def line(text: str) -> str:
    """Return somebody's words in a line, without a full stop at the end, and cut where they are long."""
    found = " ".join(trimmed(text).split())
    if not found.endswith(".."):
        found = found.removesuffix(".")
    return found if len(found) <= LINE_MAX else f"{found[: LINE_MAX - 1].rstrip()}…"

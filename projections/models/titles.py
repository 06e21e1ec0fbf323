"""The title of a subject, in one line: its title or name, or its first text. The graph shows it for references."""

from typing import Final

from events.vocabulary.values.text_folding import trimmed

LINE_MAX: Final = 160
"""The maximum number of characters of such a line."""

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
    "session": "title",
    "commitment": "text",
}
"""By kind, the field with the title in the event that creates the subject. Persons and pairings have none."""


def line(text: str) -> str:
    """Return a text in one line, without a full stop at the end, and shortened after a word if it is long.

    Only a word that is most of the line is cut itself.
    """
    found = " ".join(trimmed(text).split())
    if not found.endswith(".."):
        found = found.removesuffix(".")
    if len(found) <= LINE_MAX:
        return found
    words = found[:LINE_MAX].rpartition(" ")[0]
    return f"{words if len(words) > LINE_MAX // 2 else found[: LINE_MAX - 1]}…"

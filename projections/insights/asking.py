"""A question about several figures at once: what the figures with an argument are asked, and all the answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from projections.insights import (
    comparison,
    exchange,
    facilitation,
    failures,
    iterations,
    learnings,
    membership,
    pairing,
    pathways,
    people,
    questions,
)
from projections.insights.definition import FIGURES, Answer
from projections.insights.view import View

GROUPS: Final = (
    *(facilitation, pairing, membership, questions, iterations, failures),
    *(learnings, people, exchange, comparison, pathways),
)
"""The modules with the figures; importing them defines `FIGURES`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Arguments. `themes` are triedBefore's own; a figure that needs an argument is asked where it is given."""

    mode: str | None = None
    level: str | None = None
    themes: tuple[str, ...] = ()
    organisation: str | None = None
    question: str | None = None
    text: str | None = None

    def arguments(self, name: str) -> Mapping[str, Any] | None:
        """Return the arguments for a figure; None where it needs one that is not given."""
        match name:
            case "triedBefore":
                given = {"mode": self.mode, "level": self.level, "themes": self.themes}
                return given if any(given.values()) else None
            case "learningReach" | "modesTried" | "rhythm":
                return None if self.organisation is None else {"organisation": self.organisation}
            case "costOfLearning":
                return {"organisation": self.organisation}
            case "similarQuestions":
                if self.question is None and self.text is None:
                    return None
                return {"question": self.question, "text": self.text}
            case _:
                return {}


def answers(
    view: View, asked: Asked | None = None, names: Collection[str] | None = None
) -> dict[str, Answer | None]:
    """Return the figures of these names (all, where None), without those whose argument is not given."""
    asked = asked or Asked()
    found: dict[str, Answer | None] = {}
    for name, definition in FIGURES.items():
        arguments = asked.arguments(name)
        if arguments is not None and (names is None or name in names):
            found[name] = definition.compute(view, **arguments)
    return found

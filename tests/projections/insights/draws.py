"""What is drawn by chance for a log: moments, levels, words and keys.

There are few themes, facets, causes and moments, so that things meet: repeats of failures, ties in time, exactly
thirty days.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from unicodedata import normalize

from events.vocabulary import terms
from tests.projections.insights.judging import EventJson

THEMES = ("water", "light", "trust", "young people", "caf\u00e9s")


class Draws:
    """Draws for one log, which its seed decides."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(f"insights {seed}")
        self.keys: dict[str, list[str]] = {}
        self.times: list[datetime] = []
        self.made = 0

    def moment(self) -> datetime:
        """A moment that has to do with others: the same, days before or after, or a microsecond off."""
        dice = self.dice
        if not self.times:
            return datetime(2024, 1, 1, tzinfo=UTC)
        recent = dice.choice(self.times[-40:] if dice.random() < 0.8 else self.times)
        days = dice.choice((0, 0, 0, 1, -1, -10, 14, -30, 30, 60, -60, dice.randrange(-200, 200)))
        return recent + timedelta(days=days, microseconds=dice.choice((0, 0, 0, 1, -1)))

    def level(self) -> str:
        return self.dice.choice(("private", "pair", "cohort", "cohort", "public", "public"))

    def themes(self) -> list[str]:
        return [self.spelled(one) for one in self.dice.sample(THEMES, self.dice.randrange(4))]

    def spelled(self, theme: str) -> str:
        """The theme, in one of the spellings that are the same."""
        return self.dice.choice(
            (theme, theme.replace(" ", "  "), normalize("NFD", theme), f"\ufeff{theme}\u200b")
        )

    def worded(self, asked: str) -> EventJson:
        """A question in one of a few languages. Without its language, it is in the cohort's or English."""
        opening, *given = self.dice.choice(
            (
                *(("How can we",), ("How can we",), ("How can we", "en"), ("Wie können wir",)),
                *(("Wie können wir", "de"), ("Wie können wir", "DE-at"), ("Ĉu ni", "eo")),
            )
        )
        return {"text": f"{opening} {asked}?", **({"language": given[0]} if given else {})}

    def classes(self) -> EventJson:
        """Some of a failure's classes."""
        dice = self.dice
        event = {
            "facet": dice.choice(("purpose", "process")),
            "failure_cause": dice.choice(("inattention", "uncertainty", "uncertainty")),
            "failure_type": dice.choice(("basic", "complex", "intelligent")),
            "degree": dice.choice(list(terms.Degree)).value,
        }
        return {name: value for name, value in event.items() if dice.random() < 0.8}

    def key(self, kind: str) -> str:
        """A key of this kind that was used, mostly one of the latest."""
        keys = self.keys.get(kind) or ["nobody"]
        recent = keys[-8:] if self.dice.random() < 0.6 else keys
        return self.dice.choice(recent)

    def name(self, *kinds: str) -> str:
        kind = self.dice.choice(kinds)
        return f"{kind}/{self.key(kind)}"

    def names(self, *kinds: str) -> list[str]:
        return list(dict.fromkeys(self.name(*kinds) for _ in range(self.dice.randrange(1, 4))))

    def new(self, kind: str) -> str:
        self.made += 1
        if self.dice.random() < 0.15:
            return self.key(kind)  # free again, if it was voided
        return f"{kind[0]}x{self.made}"

    def maybe(self, **data: Any) -> EventJson:
        """Each of these, or not."""
        return {name: value for name, value in data.items() if self.dice.random() < 0.5}

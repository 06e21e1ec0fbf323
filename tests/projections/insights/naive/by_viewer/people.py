"""The figures about people's part, and about how organisations think of them."""

import statistics
from typing import Any

from events.vocabulary.terms import Framing, ParticipationLevel
from tests.projections.insights.naive.numbers import DAY_US, median, rounded, slope
from tests.projections.insights.naive.story import Story
from tests.projections.insights.naive.tables import counted, items

Figure = dict[str, Any]
LEVELS = [level.value for level in ParticipationLevel]
FRAMINGS = [framing.value for framing in Framing]


def takings_part(story: Story) -> list[tuple[Any, str | None]]:
    """The records of participation in scope, with their organisation."""
    found = []
    for fact in story.of_types("participation.recorded"):
        iteration = story.ref(fact, "iteration")
        owner = story.owner(iteration) if iteration else None
        themes = story.themes(iteration) if iteration else set()
        if story.chosen_fact(fact, owner, themes):
            found.append((fact, owner))
    return found


def reach(story: Story) -> Figure:
    facts = [fact for fact, _ in takings_part(story)]
    return {
        "n": len(facts),
        "items": [f"event/{fact.position}" for fact in facts],
        "participations": sum(fact.data["people"] for fact in facts),
        "byLevel": counted(
            (fact.position, {"level": fact.data["level"]}, fact.data["people"]) for fact in facts
        ),
        "byMode": counted(
            (fact.position, {"mode": fact.data.get("mode")}, fact.data["people"]) for fact in facts
        ),
    }


def participation_shift(story: Story) -> Figure:
    rows = []
    for organisation in story.of("organisation"):
        days: dict[int, list[int]] = {}
        for fact, owner in takings_part(story):
            if owner == organisation.key:
                level = LEVELS.index(fact.data["level"]) + 1
                days.setdefault(fact.time // DAY_US, []).append(level)
        if len(days) >= 3:
            points = [(day, statistics.median(levels)) for day, levels in sorted(days.items())]
            rows.append((slope(points), organisation))
    all_days = sorted({fact.time // DAY_US for fact, _ in takings_part(story)})
    third = len(all_days) // 3
    ends = []
    for chosen in (all_days[:third], all_days[len(all_days) - third :]):
        ends.append(
            counted(
                (fact.position, {"level": fact.data["level"]}, 1)
                for fact, _ in takings_part(story)
                if fact.time // DAY_US in chosen
            )
        )
    rows.sort(key=lambda row: (-row[0], row[1].born.position))
    return {
        "n": len(rows),
        "items": items(organisation for _, organisation in rows),
        "medianSlope": median(value for value, _ in rows),
        "firstThird": ends[0],
        "lastThird": ends[1],
        "list": [
            {"organisation": organisation.key, "slope": rounded(value)}
            for value, organisation in rows
        ],
    }


def framing_shift(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    assessed, moves = [], []
    for organisation in story.of("organisation"):
        facts = [
            fact
            for fact in story.of_types("mindset.assessed")
            if story.ref(fact, "organisation") is organisation
            and story.chosen_fact(fact, organisation.key, set())
        ]
        if len(facts) < 2:
            continue
        facts.sort(key=lambda fact: fact.moment)
        assessed.append(organisation)
        first, last = (FRAMINGS.index(facts[place].data["framing"]) for place in (0, -1))
        moves.append(last - first)
    return {
        "n": len(assessed),
        "items": items(assessed),
        "up": sum(1 for move in moves if move > 0),
        "same": sum(1 for move in moves if move == 0),
        "down": sum(1 for move in moves if move < 0),
    }

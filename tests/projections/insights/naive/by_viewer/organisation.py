"""The figures for an organisation."""

import re
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from typing import Any

from events.vocabulary.terms import Mode
from events.vocabulary.values.text_folding import folded
from tests.projections.insights.naive.by_viewer.evaluator import started
from tests.projections.insights.naive.by_viewer.pairing import united
from tests.projections.insights.naive.history import Thing
from tests.projections.insights.naive.numbers import (
    DAY_US,
    MONTH_US,
    quartiles,
    rounded,
    share,
    wilson,
)
from tests.projections.insights.naive.story import Story
from tests.projections.insights.naive.tables import items

Figure = dict[str, Any]
MODES = [mode.value for mode in Mode]


def tried_before(
    story: Story, mode: str | None, level: str | None, themes: Collection[str]
) -> Figure:
    wanted = {folded(theme) for theme in themes}
    tried = [
        (thing, end)
        for thing, end in story.concluded()
        if (mode is None or mode in (thing.born.data.get("modes") or []))
        and (level is None or thing.born.data.get("participation_level") == level)
        and (not wanted or wanted & story.themes(thing))
    ]
    results = [end.data["result"] for _, end in tried]
    supported = results.count("supported")
    decided = supported + results.count("refuted") + results.count("inconclusive")
    low, high = wilson(supported, decided)
    latest = sorted(tried, key=lambda pair: pair[1].moment, reverse=True)[:5]
    return {
        "n": len(tried),
        "items": [thing.name for thing, _ in latest],
        "decided": decided,
        "share": share(supported, decided),
        "low": low,
        "high": high,
    }


def learning_reach(story: Story, organisation: str) -> Figure:
    own = [one for one in story.learnings() if story.owner(one) == organisation]
    adopters = {one.by for one in story.adoptions() if one.learning in own}
    return {
        "n": len(own),
        "items": items(own),
        "adopters": len(adopters),
        "longestChain": max((_chain(story, one, [one]) for one in own), default=0),
    }


def _chain(story: Story, learning: Thing, path: list[Thing]) -> int:
    """The number of adoptions in the longest chain that continues from here."""
    longest = 0
    for adoption in story.adoptions():
        if adoption.learning is not learning:
            continue
        longest = max(longest, 1)
        iteration = story.ref(adoption.fact, "iteration")
        if iteration is None:
            continue
        for later in story.learnings_from(iteration):
            continues = later.born.moment > adoption.fact.moment and later not in path
            if continues and story.owner(later) == adoption.by:
                longest = max(longest, 1 + _chain(story, later, [*path, later]))
    return longest


def modes_tried(story: Story, organisation: str) -> Figure:
    own = [one for one, _ in started(story) if story.owner(one) == organisation]
    tried = {mode for one in own for mode in one.born.data.get("modes") or []}
    untried = []
    for mode in MODES:
        if mode not in tried:
            untried.append({"mode": mode, "suggestion": _suggestion(story, mode)})
    return {
        "n": len(own),
        "items": items(own),
        "share": share(len(tried), 7) if own else None,
        "untried": untried,
    }


def _suggestion(story: Story, mode: str) -> str | None:
    with_mode = [one for one in story.of("iteration") if mode in (one.born.data.get("modes") or [])]
    learnings = [learning for one in with_mode for learning in story.learnings_from(one)]
    inspirations = [
        thing
        for one in with_mode
        for thing in story.refs(one.born, "inspired_by")
        if thing.kind == "inspiration"
    ]
    for things in (learnings, inspirations):
        if things:
            return max(things, key=lambda thing: thing.born.moment).name
    return None


def cost_of_learning(story: Story, organisation: str | None = None) -> Figure | None:
    if not story.is_whole(organisation):
        return None
    own = [
        (thing, end)
        for thing, end in story.concluded()
        if organisation is None or story.owner(thing) == organisation
    ]
    timed = [(thing, end, end.data["hours"]) for thing, end in own if "hours" in end.data]
    currencies: dict[str, list[Any]] = {}
    for thing, end in own:
        cost = end.data.get("cost")
        if cost:
            currencies.setdefault(cost["currency"], []).append((thing, end, cost["amount"]))
    money = []
    for currency, rows in currencies.items():
        total, per_learning, per_refuted = _cost(story, rows)
        first = min(thing.born.position for thing, _, _ in rows)
        row = {
            "currency": currency,
            "n": len(rows),
            "amount": total,
            "perLearning": per_learning,
            "perRefuted": per_refuted,
        }
        money.append((-len(rows), first, row))
    hours, per_learning, per_refuted = _cost(story, timed)
    return {
        "n": len(timed),
        "items": items(thing for thing, _, _ in timed),
        "hours": hours,
        "perLearning": per_learning,
        "perRefuted": per_refuted,
        "money": [row for _, _, row in sorted(money, key=lambda one: one[:2])],
    }


def _cost(story: Story, rows: list[Any]) -> tuple[float | None, float | None, float | None]:
    """What it came to, per learning that names one of the iterations, and per refuted one."""
    if not rows:
        return None, None, None
    total = sum(Fraction(Decimal(repr(amount))) for _, _, amount in rows)
    learnings = {one for thing, _, _ in rows for one in story.learnings_from(thing)}
    refuted = [end for _, end, _ in rows if end.data["result"] == "refuted"]
    return (
        rounded(total),
        rounded(total / len(learnings)) if learnings else None,
        rounded(total / len(refuted)) if refuted else None,
    )


def rhythm(story: Story, organisation: str) -> Figure:
    asked = story.thing(f"organisation/{organisation}")
    rows = []
    if asked is None or not story.wants(organisation):
        return {"list": []}
    for cohort in story.cohorts():
        members = story.members(cohort)
        if asked not in members:
            continue
        beats = {one: _beat(story, one, cohort) for one in members}
        values = [value for value, _ in beats.values() if value is not None]
        spread = quartiles(values)
        value, months = beats[asked]
        row = {
            "cohort": cohort.key,
            "value": rounded(value),
            "months": rounded(months),
            "lower": spread[0] if spread else None,
            "upper": spread[2] if spread else None,
        }
        rows.append((value is None, -(value or 0), cohort.born.position, row))
    return {"list": [row for *_, row in sorted(rows, key=lambda one: one[:3])]}


def _beat(story: Story, organisation: Thing, cohort: Thing) -> tuple[float | None, float]:
    present = story.length(united(story.stays(organisation, cohort)))
    begun = [
        one
        for one in story.of("iteration")
        if story.owner(one) == organisation.key
        and story.history.cohort(one) == cohort.key
        and story.moved(one, "iteration.started")
    ]
    value = len(begun) * MONTH_US / present if present >= 30 * DAY_US else None
    return value, present / MONTH_US


def similar_questions(
    story: Story, question: str | None, text: str | None, language: str | None
) -> Figure:
    asked = story.thing(f"question/{question}") if question else None
    if question and asked is None:
        return {"list": []}
    mine = _own_trigrams(story, asked) if asked else trigrams(text or "", language or "en")
    sector = _sector(story, asked) if asked else None
    rows = []
    for other in [thing for thing in story.things if thing.kind == "question"]:
        if other is asked or story.moved(other, "question.closed") or not story.chosen(other):
            continue
        yours = _own_trigrams(story, other)
        common = len(mine & yours)
        if common == 0:
            continue
        elsewhere = sector is None or _sector(story, other) != sector
        score = common / len(mine | yours)
        rows.append((not elsewhere, -score, other.born.position, other))
    rows.sort(key=lambda row: row[:3])
    return {
        "list": [
            {"question": other.key, "score": rounded(-score)} for _, score, _, other in rows[:10]
        ]
    }


def _sector(story: Story, question: Thing) -> str | None:
    owner = story.thing(f"organisation/{story.owner(question)}")
    return folded(owner.born.data["sector"]) if owner else None


def _own_trigrams(story: Story, question: Thing) -> set[str]:
    return trigrams(story.wordings(question)[-1], story.language(question))


OPENINGS = """
    en how can we; cy sut gallwn ni allwn; de wie können wir; fr comment pouvons nous peut on; nl hoe kunnen we wij
    es cómo podemos; ca com podem; pt como podemos; it come possiamo; pl jak możemy; cs jak můžeme; sv hur kan vi
    da hvordan kan vi; nb hvordan kan vi; fi miten voimme kuinka; ga conas is féidir linn; el πώσ μπορούμε
"""


def trigrams(text: str, language: str) -> set[str]:
    """As pg_trgm: of each word in lower case, with two blanks before and one after it."""
    found = set()
    lines = [line.split() for line in re.split("[;\n]", OPENINGS) if line.strip()]
    left_out = {first: words for first, *words in lines}.get(language.lower().split("-")[0], [])
    for word in re.findall(r"[^\W_]+", folded(text)):
        if word not in left_out:
            padded = f"  {word} "
            found |= {padded[place : place + 3] for place in range(len(padded) - 2)}
    return found

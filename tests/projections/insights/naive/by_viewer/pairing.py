"""The figures about pairings."""

from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

from tests.projections.insights.naive.by_viewer.facilitator import is_open_ask, open_questions
from tests.projections.insights.naive.history import Thing
from tests.projections.insights.naive.numbers import MONTH_US, rounded
from tests.projections.insights.naive.story import Interval, Moment, Story
from tests.projections.insights.naive.tables import items

Figure = dict[str, Any]


def _pairings(story: Story) -> list[Thing]:
    """The pairings of cohorts in scope."""
    return [
        pairing
        for pairing in story.of("pairing")
        if story.wants_cohort(story.history.cohort(pairing))
    ]


def pairings_without_meeting(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    lasting = []
    for pairing in _pairings(story):
        members = [one.key for one in story.refs(pairing.born, "organisations")]
        if story.wants_any(members) and story.pairing_end(pairing) > story.now:
            lasting.append(pairing)
    unmet = [
        pairing.key
        for pairing in lasting
        if story.old(pairing.born.time, 30) and not story.moves(pairing, "pairing.met")
    ]
    return {"n": len(lasting), "items": items(lasting), "list": unmet}


def together(story: Story, one: Thing, other: Thing, cohorts: list[Thing]) -> list[Interval]:
    """When the two were present together in one of the cohorts: no two intervals overlap."""
    meets = []
    for cohort in cohorts:
        for mine in story.stays(one, cohort):
            for yours in story.stays(other, cohort):
                meets.append((max(mine[0], yours[0]), min(mine[1], yours[1])))
    return united(meets)


def united(intervals: list[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def pairing_lift(story: Story) -> Figure:
    pairs = []
    paired_us = unpaired_us = paired_adoptions = unpaired_adoptions = 0
    adoptions = story.adoptions()
    for a, b in permutations(story.of("organisation"), 2):
        presence = together(story, a, b, story.cohorts())
        if not presence or not story.wants_any([a.key, b.key]):
            continue
        pairs.append((a, b))
        pairings = united(
            [
                (pairing.born.moment, story.pairing_end(pairing))
                for pairing in _pairings(story)
                if {a, b} <= set(story.refs(pairing.born, "organisations"))
            ]
        )
        paired = united(
            [
                (max(one[0], other[0]), min(one[1], other[1]))
                for one in presence
                for other in pairings
            ]
        )
        paired_us += story.length(paired)
        unpaired_us += story.length(presence) - story.length(paired)
        for adoption in adoptions:
            if adoption.by != b.key or story.owner(adoption.learning) != a.key:
                continue
            if within(adoption.fact.moment, paired):
                paired_adoptions += 1
            elif within(adoption.fact.moment, presence):
                unpaired_adoptions += 1
    lift = None
    if paired_us and unpaired_us and unpaired_adoptions:
        lift = Fraction(paired_adoptions * unpaired_us, paired_us * unpaired_adoptions)
    pairs.sort(key=lambda pair: (pair[0].born.position, pair[1].born.position))
    return {
        "n": len(pairs),
        "items": [f"pair/{a.key},{b.key}" for a, b in pairs],
        "adoptionsPaired": paired_adoptions,
        "monthsPaired": rounded(paired_us / MONTH_US) if pairs else None,
        "adoptionsUnpaired": unpaired_adoptions,
        "monthsUnpaired": rounded(unpaired_us / MONTH_US) if pairs else None,
        "lift": rounded(lift),
    }


def within(moment: Moment, intervals: list[Interval]) -> bool:
    return any(start <= moment < end for start, end in intervals)


def pairing_suggestions(story: Story) -> Figure:
    needs: dict[str, set[str]] = {}
    offers: dict[str, set[str]] = {}
    for question in open_questions(story):
        needs.setdefault(story.owner(question) or "", set()).update(story.themes(question))
    for ask in story.of("ask"):
        if is_open_ask(story, ask):
            needs.setdefault(story.owner(ask) or "", set()).update(story.themes(ask))
    for learning in story.of("learning"):
        offers.setdefault(story.owner(learning) or "", set()).update(story.themes(learning))
    rows = []
    for a, b in combinations(story.of("organisation"), 2):
        if not story.wants_any([a.key, b.key]):
            continue
        if not any(
            story.is_present(a, cohort, story.now) and story.is_present(b, cohort, story.now)
            for cohort in story.cohorts()
        ):
            continue
        if any(
            {a, b} <= set(story.refs(pairing.born, "organisations"))
            and story.pairing_end(pairing) > story.now
            for pairing in story.of("pairing")
        ):
            continue
        score, themes = Fraction(0), set()
        for needy, other in ((a, b), (b, a)):
            wanted = needs.get(needy.key, set())
            met = wanted & offers.get(other.key, set())
            if wanted:
                score += Fraction(len(met), len(wanted)) / 2
            themes |= met
        if score > 0:
            rows.append((score, a, b, themes))
    rows.sort(key=lambda row: (-row[0], row[1].born.position, row[2].born.position))
    return {
        "list": [
            {
                "organisations": [a.key, b.key],
                "score": rounded(score),
                "themes": [story.as_written(one) for one in sorted(themes)],
            }
            for score, a, b, themes in rows
        ]
    }

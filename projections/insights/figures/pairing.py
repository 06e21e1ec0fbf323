"""Figures about pairings: meetings, adoptions between peers, and suggestions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from typing import Self

from events.vocabulary.types.cohorts import PairingMet
from events.vocabulary.types.questions import QuestionClosed
from projections.insights.figures.definition import Answer, figure
from projections.insights.figures.facilitation import is_open
from projections.insights.index.indexed import NEVER, IndexedSubject
from projections.insights.measures.numbers import MONTH_US, rounded
from projections.insights.measures.spans import Span, common, covers, length_us, united
from projections.insights.measures.tally import by_creation, names
from projections.insights.perspective.scoped import ScopedPerspective

_UNMET_DAYS = 30

Pair = tuple[IndexedSubject, IndexedSubject]


@figure("pairingsWithoutMeeting", whole=True)
def pairings_without_meeting(view: ScopedPerspective) -> Answer:
    """Pairings that began at least 30 days ago, have not ended and never met. n = pairings not ended.

    A pairing is in scope if any of its organisations is. `from`, `to` and `themes` are ignored.
    """
    perspective = view.perspective
    lasting = [
        pairing
        for pairing in view.placed("pairing")
        if view.wants_any(one.key for one in perspective.many(pairing.born, "organisations"))
        and perspective.pairing_span(pairing).end > perspective.now
    ]
    unmet = [
        pairing.key
        for pairing in lasting
        if view.is_old(pairing.time, _UNMET_DAYS) and perspective.last(pairing, PairingMet) is None
    ]
    return {"n": len(lasting), "items": names(lasting), "list": unmet}


@figure("pairingLift")
def pairing_lift(view: ScopedPerspective) -> Answer:
    """Over ordered pairs (a, b) of distinct organisations that were ever present together in a cohort in scope:
    (adoptions by b of a's learnings while paired ÷ pair-months paired) ÷ (adoptions while present together and not
    paired ÷ those pair-months).

    Presence together is the union over the cohorts in scope; time paired is its intersection with [paired, ended). lift
    is null if a denominator is 0. Only pairings of cohorts in scope count. n = ordered pairs, given as pair/a,b in
    items. A pair is in scope if either organisation is. `from`, `to` and `themes` are ignored.
    """
    lift = Lift.over(view)
    if lift.runs:
        view.perspective.flows()
    ordered = sorted(
        (pair for both in lift.pairs for pair in permutations(both)),
        key=lambda pair: (pair[0].position, pair[1].position),
    )
    paired_us, unpaired_us = lift.lengths_us(view.perspective.at_us)
    return {
        "n": len(ordered),
        "items": [f"pair/{a.key},{b.key}" for a, b in ordered],
        "adoptionsPaired": lift.adoptions_paired,
        "monthsPaired": rounded(paired_us / MONTH_US) if ordered else None,
        "adoptionsUnpaired": lift.adoptions_unpaired,
        "monthsUnpaired": rounded(unpaired_us / MONTH_US) if ordered else None,
        "lift": lift.value(view.perspective.at_us),
    }


@dataclass(frozen=True, slots=True)
class Lift:
    """The parts of the lift of pairings at a moment. Spans that last at that moment grow with time.

    The lengths are sums over ordered pairs, in µs. The running numbers are those of ordered pairs that are paired, or
    present together but not paired, at the moment.
    """

    pairs: tuple[Pair, ...]
    at_us: int
    adoptions_paired: int
    adoptions_unpaired: int
    paired_us: int
    unpaired_us: int
    paired_running: int
    unpaired_running: int

    @classmethod
    def over(cls, view: ScopedPerspective) -> Self:
        """Return the parts in a view."""
        perspective = view.perspective
        presences = _presences(view)
        pairings = _pairings(view)
        paired: list[Span] = []
        together: list[Span] = []
        adoptions = [0, 0]
        for (a, b), present in presences.items():
            while_paired = common(present, pairings.get(frozenset((a, b)), []))
            paired += while_paired
            together += present
            for learner, origin in ((a, b), (b, a)):
                for moment in _adopted(view, learner, origin):
                    if covers(while_paired, moment):
                        adoptions[0] += 1
                    elif covers(present, moment):
                        adoptions[1] += 1
        paired_us, together_us = (
            length_us(paired, perspective.at_us),
            length_us(together, perspective.at_us),
        )
        paired_running, running = _running(paired), _running(together)
        return cls(
            pairs=tuple(presences),
            at_us=perspective.at_us,
            adoptions_paired=adoptions[0],
            adoptions_unpaired=adoptions[1],
            paired_us=2 * paired_us,
            unpaired_us=2 * (together_us - paired_us),
            paired_running=2 * paired_running,
            unpaired_running=2 * (running - paired_running),
        )

    @property
    def runs(self) -> bool:
        """Whether its lengths still grow."""
        return bool(self.paired_running or self.unpaired_running)

    def lengths_us(self, at_us: int) -> tuple[int, int]:
        """Return how long pairs were paired, and together but not paired, up to a time."""
        since = at_us - self.at_us
        return (
            self.paired_us + since * self.paired_running,
            self.unpaired_us + since * self.unpaired_running,
        )

    def value(self, at_us: int) -> float | None:
        """Return the lift at a time, None if a denominator is 0."""
        paired_us, unpaired_us = self.lengths_us(at_us)
        if not (paired_us and unpaired_us and self.adoptions_unpaired):
            return None
        return rounded(self.adoptions_paired * unpaired_us / (paired_us * self.adoptions_unpaired))


def _running(spans: list[Span]) -> int:
    return sum(span.end == NEVER for span in spans)


def _presences(view: ScopedPerspective) -> dict[Pair, list[Span]]:
    """Return the spans in which the two of each pair were present together in the cohorts in scope."""
    spans: dict[Pair, list[Span]] = defaultdict(list)
    for cohort in view.cohorts:
        for a, b in combinations(view.perspective.members(cohort), 2):
            if view.wants_any((a.key, b.key)):
                spans[a, b] += common(
                    view.perspective.stays(a, cohort), view.perspective.stays(b, cohort)
                )
    return {pair: united(found) for pair, found in spans.items() if found}


def _pairings(view: ScopedPerspective) -> dict[frozenset[IndexedSubject], list[Span]]:
    """Return the spans in which the two of each pair were paired in a cohort in scope."""
    spans: dict[frozenset[IndexedSubject], list[Span]] = defaultdict(list)
    for pairing in view.placed("pairing"):
        members = view.perspective.many(pairing.born, "organisations")
        for pair in combinations(members, 2):
            spans[frozenset(pair)].append(view.perspective.pairing_span(pairing))
    return {pair: united(found) for pair, found in spans.items()}


def _adopted(
    view: ScopedPerspective, learner: IndexedSubject, origin: IndexedSubject
) -> Iterable[tuple[float, float]]:
    """Yield the moments at which the learner adopted learnings of the origin."""
    perspective = view.perspective
    for learning in perspective.index.owned.get(("learning", origin.key), ()):
        if perspective.has(learning):
            for adoption in perspective.adoptions(learning):
                if adoption.by == learner.key:
                    yield adoption.moment


@figure("pairingSuggestions")
def pairing_suggestions(view: ScopedPerspective) -> Answer:
    """Unordered pairs of organisations that are present in the same cohort and not paired now, with score > 0.

    needs(x) = themes of x's open questions and open requests for help; offers(x) = themes of x's learnings; both count
    wherever they arose. score = the mean of |needs(a) ∩ offers(b)| ÷ |needs(a)| and the reverse (0 if there are no
    needs). themes are those that one organisation needs and the other offers, as first written, in alphabetical order.
    A pair is in scope if either organisation is. `from`, `to` and `themes` are ignored.
    """
    needs: dict[IndexedSubject, frozenset[str]] = {}
    offers: dict[IndexedSubject, frozenset[str]] = {}
    rows = []
    for a, b in _candidates(view):
        for one in (a, b):
            if one not in needs:
                needs[one], offers[one] = _needs(view, one), _offers(view, one)
        score = Fraction(0)
        themes: frozenset[str] = frozenset()
        for needy, other in ((a, b), (b, a)):
            met = needs[needy] & offers[other]
            themes |= met
            if needs[needy]:
                score += Fraction(len(met), 2 * len(needs[needy]))
        if score and not _are_paired(view, a, b):
            rows.append((-score, a.position, b.position, a, b, themes))
    rows.sort(key=lambda row: row[:3])
    return {
        "list": [
            {
                "organisations": [a.key, b.key],
                "score": rounded(-score),
                "themes": [view.as_written(theme) for theme in sorted(themes)],
            }
            for score, _, _, a, b, themes in rows
        ]
    }


def _candidates(view: ScopedPerspective) -> list[Pair]:
    """Return the pairs that are present in the same cohort, each in the order of creation."""
    perspective = view.perspective
    found: dict[Pair, None] = {}
    for cohort in view.cohorts:
        present = [
            one
            for one in perspective.members(cohort)
            if covers(perspective.stays(one, cohort), perspective.now)
        ]
        found |= dict.fromkeys(
            (a, b) for a, b in combinations(present, 2) if view.wants_any((a.key, b.key))
        )
    return sorted(found, key=lambda pair: (by_creation(pair[0]), by_creation(pair[1])))


def _are_paired(view: ScopedPerspective, a: IndexedSubject, b: IndexedSubject) -> bool:
    perspective = view.perspective
    return any(
        perspective.has(pairing)
        and {a, b}.issubset(perspective.many(pairing.born, "organisations"))
        and perspective.pairing_span(pairing).end > perspective.now
        for pairing in perspective.index.pairings.get(a.key, ())
    )


def _needs(view: ScopedPerspective, organisation: IndexedSubject) -> frozenset[str]:
    perspective = view.perspective
    owned = perspective.index.owned
    asked = [
        question
        for question in owned.get(("question", organisation.key), ())
        if perspective.has(question) and perspective.last(question, QuestionClosed) is None
    ]
    asked += [
        ask
        for ask in owned.get(("ask", organisation.key), ())
        if perspective.has(ask) and is_open(view, ask)
    ]
    return frozenset().union(*map(view.perspective.themes, asked))


def _offers(view: ScopedPerspective, organisation: IndexedSubject) -> frozenset[str]:
    learnings = view.perspective.index.owned.get(("learning", organisation.key), ())
    return frozenset().union(
        *(view.perspective.themes(one) for one in learnings if view.perspective.has(one))
    )

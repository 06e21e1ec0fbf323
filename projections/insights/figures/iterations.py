"""Figures about iterations: their results, their costs, and the modes of participation."""

from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction

from events.vocabulary.terms import Mode
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.values.text_folding import folded
from projections.insights.figures.definition import Answer, figure, summed
from projections.insights.index.indexed import IndexedEvent, IndexedSubject
from projections.insights.measures.numbers import days, rounded, share, wilson
from projections.insights.measures.sums import Part, Quartiles, Share
from projections.insights.measures.tally import SubjectNames, Tally, names
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scoped import ScopedPerspective

_EXAMPLES_MAX = 5

Concluded = tuple[IndexedSubject, IndexedEvent]


@summed("learningVelocity")
def learning_velocity(view: ScopedPerspective) -> Part:
    """Days from the start of an iteration to the first learning of the same organisation that names the iteration, or a
    failure of it, in its `from`, over started iterations with such a learning (n); without = started iterations with
    none.

    `from` and `to` select by the start.
    """
    learned, waits, without = [], [], 0
    for iteration, start in view.started:
        times = [learning.time for learning in _learned(view.perspective, iteration)]
        if times:
            learned.append(iteration)
            waits.append(days(min(times) - start.time))
        else:
            without += 1
    return {
        "n": len(learned),
        "items": SubjectNames(learned),
        "quartiles": Quartiles(waits),
        "without": without,
    }


def _learned(perspective: Perspective, iteration: IndexedSubject) -> list[IndexedSubject]:
    owner = perspective.owner(iteration)
    if owner is None:
        # A hidden owner must not match another hidden owner.
        return []
    sources = [iteration, *perspective.failures_of(iteration)]
    return [
        learning
        for source in sources
        for learning in perspective.learnings_from(source)
        if perspective.owner(learning) == owner
    ]


@summed("resultsByDecision")
def results_by_decision(view: ScopedPerspective) -> Part:
    """Concluded iterations (n) by result × decision."""
    tally = Tally("result", "decision")
    for iteration, end in view.concluded:
        tally.add((end.data["result"], end.data["decision"]), iteration.position)
    things = [iteration for iteration, _ in view.concluded]
    return {"n": len(things), "items": SubjectNames(things), "counts": tally}


@summed("thinDecisions")
def thin_decisions(view: ScopedPerspective) -> Part:
    """Iterations concluded with the decision persevere or scale at evidence_level 1 ÷ all iterations concluded with
    such a decision (n).
    """
    decided = [
        (iteration, end)
        for iteration, end in view.concluded
        if end.data["decision"] in ("persevere", "scale")
    ]
    thin = sum(end.data["evidence_level"] == 1 for _, end in decided)
    things = [iteration for iteration, _ in decided]
    return {"n": len(things), "items": SubjectNames(things), "share": Share(thin, len(things))}


@figure("triedBefore")
def tried_before(
    view: ScopedPerspective,
    mode: str | None = None,
    level: str | None = None,
    themes: Collection[str] = (),
) -> Answer:
    """Concluded iterations that match the given arguments (n): the plan has the mode, has the level, and has one of the
    themes.

    decided = iterations with the result supported, refuted or inconclusive; share = supported ÷ decided, with the
    Wilson 95 % interval (low, high; z = 1.959963984540054, no continuity correction). items are five examples, with the
    latest conclusion first.
    """
    wanted = frozenset(folded(theme) for theme in themes)
    tried = [
        (iteration, end)
        for iteration, end in view.concluded
        if (mode is None or mode in iteration.born.data.get("modes", ()))
        and (level is None or level == iteration.born.data.get("participation_level"))
        and (not wanted or not wanted.isdisjoint(view.perspective.themes(iteration)))
    ]
    results = [end.data["result"] for _, end in tried]
    supported = results.count("supported")
    decided = sum(result in ("supported", "refuted", "inconclusive") for result in results)
    low, high = wilson(supported, decided)
    latest = sorted(tried, key=lambda one: one[1].moment, reverse=True)[:_EXAMPLES_MAX]
    return {
        "n": len(tried),
        "items": [iteration.name for iteration, _ in latest],
        "decided": decided,
        "share": share(supported, decided),
        "low": low,
        "high": high,
    }


@figure("modesTried")
def modes_tried(view: ScopedPerspective, organisation: str) -> Answer:
    """Distinct modes of the organisation's started iterations ÷ 7 (null if nothing was started); n = started
    iterations.

    Each untried mode has a suggestion, as <kind>/<key>: the latest learning, of any organisation, that names an
    iteration with that mode in its `from`; else the latest inspiration that the plan of such an iteration names. `from`
    and `to` select by the start.
    """
    perspective = view.perspective
    own = [one for one, _ in view.started if perspective.owner(one) == organisation]
    tried = {mode for one in own for mode in one.born.data.get("modes", ())}
    return {
        "n": len(own),
        "items": names(own),
        "share": share(len(tried), len(Mode)) if own else None,
        "untried": [
            {"mode": mode.value, "suggestion": _suggestion(perspective, mode)}
            for mode in Mode
            if mode.value not in tried
        ],
    }


def _suggestion(perspective: Perspective, mode: Mode) -> str | None:
    for _, learning in reversed(perspective.index.timed["learning"]):
        sources = learning.born.refs.get("from", ())
        if any(_is_in(mode, one) and perspective.has(one) for one in sources) and perspective.has(
            learning
        ):
            return learning.name
    for _, inspiration in reversed(perspective.index.timed["inspiration"]):
        plans = (entry for entry in inspiration.named_by if entry.type == IterationPlanned.name)
        if perspective.has(inspiration) and any(
            plan.first is not None and _is_in(mode, plan.first) and perspective.has(plan.first)
            for plan in plans
        ):
            return inspiration.name
    return None


def _is_in(mode: Mode, thing: IndexedSubject) -> bool:
    return thing.kind == "iteration" and mode.value in thing.born.data.get("modes", ())


@figure("costOfLearning", whole=True)
def cost_of_learning(view: ScopedPerspective, organisation: str | None = None) -> Answer:
    """Over the concluded iterations with hours (n), of one organisation or of all in scope: hours ÷ learnings that name
    them in their `from` (perLearning); hours ÷ refuted iterations among them (perRefuted).

    money: the same for each currency, over the iterations with a cost in it, with the most frequent currency first.
    Totals are sums of exact decimals, and null for an empty set.
    """
    concluded = [
        (iteration, end)
        for iteration, end in view.concluded
        if organisation is None or view.perspective.owner(iteration) == organisation
    ]
    data_of = view.perspective.data
    timed = [(one, end) for one, end in concluded if "hours" in data_of(end)]
    by_currency: dict[str, list[Concluded]] = {}
    for one, end in concluded:
        if "cost" in data_of(end):
            by_currency.setdefault(data_of(end)["cost"]["currency"], []).append((one, end))
    ranked = sorted(by_currency.items(), key=lambda item: (-len(item[1]), item[1][0][0].position))
    money = []
    for currency, rows in ranked:
        spent = sum(_exact(data_of(end)["cost"]["amount"]) for _, end in rows)
        amount = _spread(view.perspective, rows, spent, "amount")
        money.append({"currency": currency, "n": len(rows), **amount})
    hours = sum(_exact(data_of(end)["hours"]) for _, end in timed)
    return {
        "n": len(timed),
        "items": names(one for one, _ in timed),
        **_spread(view.perspective, timed, hours, "hours"),
        "money": money,
    }


def _exact(amount: float) -> Fraction:
    """Return the exact value of a number as it was recorded in decimals."""
    return Fraction(Decimal(repr(amount)))


def _spread(
    perspective: Perspective, rows: list[Concluded], total: Fraction | int, name: str
) -> dict[str, float | None]:
    learnings = {learning for one, _ in rows for learning in perspective.learnings_from(one)}
    refuted = sum(end.data["result"] == "refuted" for _, end in rows)
    return {
        name: rounded(Fraction(total)) if rows else None,
        "perLearning": rounded(Fraction(total) / len(learnings)) if learnings else None,
        "perRefuted": rounded(Fraction(total) / refuted) if refuted else None,
    }

"""Figures about outcomes that were harvested and inspirations that were used."""

from events.vocabulary.terms import InspirationKind
from events.vocabulary.types.exchange import InspirationUsed
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.results import OutcomeSubstantiated
from projections.insights.figures.definition import Answer, figure, summed
from projections.insights.measures.numbers import days, median, share
from projections.insights.measures.sums import Part, Share
from projections.insights.measures.tally import Names, Tally
from projections.insights.perspective.scoped import ScopedPerspective


@summed("harvest")
def harvest(view: ScopedPerspective) -> Part:
    """The shares of outcomes (n) that are substantiated (at least one full or partial agreement), contested (at least
    one agreement `none`), unanticipated and negative; and counts by change_type.
    """
    outcomes = view.outcomes
    tally = Tally("changeType")
    said = []
    for outcome in outcomes:
        tally.add((outcome.born.data["change_type"],), outcome.position)
        words = view.perspective.events_of(outcome, OutcomeSubstantiated)
        said.append({entry.data["agreement"] for entry in words})
    count = len(outcomes)
    return {
        "n": count,
        "items": Names(outcomes),
        "substantiated": Share(sum(not {"full", "partial"}.isdisjoint(one) for one in said), count),
        "contested": Share(sum("none" in one for one in said), count),
        "unanticipated": Share(sum(not one.born.data["anticipated"] for one in outcomes), count),
        "negative": Share(sum(one.born.data["sign"] == "negative" for one in outcomes), count),
        "counts": tally,
    }


@figure("inspirationYield")
def inspiration_yield(view: ScopedPerspective) -> Answer:
    """For each inspiration_kind: distinct inspirations used (in an inspiration.used event, or named in a plan's
    inspired_by) ÷ inspirations shared; and the median days from sharing to the first use.

    There is a row for each of the six kinds, in the order of the vocabulary.
    """
    perspective = view.perspective
    shared = dict.fromkeys((kind.value for kind in InspirationKind), 0)
    waits: dict[str, list[float]] = {kind: [] for kind in shared}
    for inspiration in view.things("inspiration"):
        kind = inspiration.born.data["kind"]
        shared[kind] += 1
        uses = [entry.time for entry in perspective.events_of(inspiration, InspirationUsed)]
        plans = perspective.naming(inspiration, IterationPlanned, "inspired_by")
        uses += [entry.time for entry in plans]
        if uses:
            waits[kind].append(days(min(uses) - inspiration.time))
    return {
        "list": [
            {
                "kind": kind,
                "shared": many,
                "used": len(waits[kind]),
                "share": share(len(waits[kind]), many),
                "medianDays": median(waits[kind]),
            }
            for kind, many in shared.items()
        ]
    }

"""The figure about the sequences of events in chains of iterations."""

from typing import Final

from events.vocabulary.types.exchange import InspirationUsed
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.vocabulary.types.learnings import (
    FailureRecorded,
    LearningAdopted,
    LearningCaptured,
    ReviewHeld,
)
from projections.insights.figures.definition import summed
from projections.insights.index.indexed import IndexedEvent, IndexedSubject
from projections.insights.measures.sums import Part
from projections.insights.measures.tally import Figure, Names, Tally
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scoped import ScopedPerspective

_WORDS: Final = {
    IterationPlanned.name: "planned",
    IterationRevised.name: "revised",
    IterationStarted.name: "started",
    ObservationRecorded.name: "observation",
    ParticipationRecorded.name: "participation",
    IterationConcluded.name: "concluded",
    FailureRecorded.name: "failure",
    LearningCaptured.name: "learning",
    LearningAdopted.name: "adopted",
    ReviewHeld.name: "review",
    InspirationUsed.name: "used",
}
_MOST_FREQUENT = 10
_OTHER_ITERATIONS: Final = ("follows", "inspired_by")


@summed("pathways")
def pathways(view: ScopedPerspective) -> Part:
    """A chain is a path from an iteration that follows none to an iteration that none follows (a fork gives two), over
    the iterations in scope. Its sequence consists of the events planned, revised, started, observation, participation,
    concluded, failure, learning, adopted, review and used that name its iterations (except in follows and inspired_by)
    or their failures, by time and position, with equal neighbours merged.

    The 10 most frequent sequences are given. n = chains, each represented in items by its last iteration.
    """
    nodes = view.things("iteration")
    chains = Chains(view)
    ends, tally = [], Sequences("sequence")
    for last in nodes:
        if not chains.goes_on(last):
            ends.append(last)
            tally.add((chains.sequence(last),), last.position)
    return {"n": len(ends), "items": Names(ends), "list": tally}


class Sequences(Tally):
    """The number of chains for each sequence."""

    def answer(self) -> list[Figure]:
        """Return the most frequent sequences."""
        return [{**row, "sequence": list(row["sequence"])} for row in self.rows(_MOST_FREQUENT)]


class Chains:
    """The chains of the iterations in scope, in any place."""

    def __init__(self, view: ScopedPerspective) -> None:
        self._view = view
        self._events: dict[IndexedSubject, list[IndexedEvent]] = {}

    def goes_on(self, iteration: IndexedSubject) -> bool:
        """Return whether another iteration in scope follows."""
        followers = self._view.perspective.born_naming(iteration, IterationPlanned, "follows")
        return any(map(self._view.includes, followers))

    def sequence(self, last: IndexedSubject) -> tuple[str, ...]:
        """Return the sequence of the chain up to its last iteration, with equal neighbours merged."""
        perspective = self._view.perspective
        entries: set[IndexedEvent] = set()
        one: IndexedSubject | None = last
        while one is not None and self._view.includes(one):
            if one not in self._events:
                self._events[one] = _events_of(perspective, one)
            entries.update(self._events[one])
            one = perspective.one(one.born, "follows")
        words: list[str] = []
        for entry in sorted(entries, key=lambda one: one.moment):
            word = _WORDS[entry.type]
            if words[-1:] != [word]:
                words.append(word)
        return tuple(words)


def _events_of(perspective: Perspective, iteration: IndexedSubject) -> list[IndexedEvent]:
    """Return the events that name the iteration or a failure of it."""
    return [
        entry
        for thing in (iteration, *perspective.failures_of(iteration))
        for entry in (*thing.entries, *thing.named_by)
        if entry.type in _WORDS
        and (entry.first is thing or _names(entry, thing))
        and perspective.shows(entry)
    ]


def _names(entry: IndexedEvent, thing: IndexedSubject) -> bool:
    return any(
        thing in things for field, things in entry.refs.items() if field not in _OTHER_ITERATIONS
    )

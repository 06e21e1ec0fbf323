"""In which order things happen from the first iteration of a chain to its last."""

from typing import Final

from projections.insights.definition import Answer, figure
from projections.insights.lens import Lens
from projections.insights.tally import Tally, names
from projections.insights.things import Entry, Thing
from projections.insights.view import View

_WORDS: Final = {
    "iteration.planned": "planned",
    "iteration.revised": "revised",
    "iteration.started": "started",
    "observation.recorded": "observation",
    "participation.recorded": "participation",
    "iteration.concluded": "concluded",
    "failure.recorded": "failure",
    "learning.captured": "learning",
    "learning.adopted": "adopted",
    "review.held": "review",
    "inspiration.used": "used",
}
_MOST_FREQUENT = 10
_OTHER_ITERATIONS: Final = ("follows", "inspired_by")


@figure("pathways")
def pathways(view: View) -> Answer:
    """A chain is a path from an iteration that follows none to an iteration that none follows (a fork gives two), over
    the iterations in scope. Its sequence consists of the events planned, revised, started, observation, participation,
    concluded, failure, learning, adopted, review and used that name its iterations (except in follows and inspired_by)
    or their failures, by time and position, with equal neighbours merged.

    The 10 most frequent sequences are given. n = chains, each represented in items by its last iteration.
    """
    lens = view.lens
    nodes = view.things("iteration")
    inside = set(nodes)
    before = {one: lens.one(one.born, "follows") for one in nodes}
    followed = set(before.values())
    told: dict[Thing, list[Entry]] = {}
    tally = Tally("sequence")
    ends = [one for one in nodes if one not in followed]
    for last in ends:
        entries: set[Entry] = set()
        one: Thing | None = last
        while one is not None and one in inside:
            if one not in told:
                told[one] = _told(lens, one)
            entries.update(told[one])
            one = before[one]
        tally.add((_sequence(entries),), last.position)
    rows = tally.rows()[:_MOST_FREQUENT]
    return {
        "n": len(ends),
        "items": names(ends),
        "list": [{**row, "sequence": list(row["sequence"])} for row in rows],
    }


def _told(lens: Lens, iteration: Thing) -> list[Entry]:
    """Return the events that name the iteration or a failure of it."""
    return [
        entry
        for thing in (iteration, *lens.failures_of(iteration))
        for entry in (*thing.entries, *thing.named_by)
        if entry.type in _WORDS and _names(entry, thing) and lens.tells(entry)
    ]


def _names(entry: Entry, thing: Thing) -> bool:
    return any(
        thing in things for field, things in entry.refs.items() if field not in _OTHER_ITERATIONS
    )


def _sequence(entries: set[Entry]) -> tuple[str, ...]:
    words: list[str] = []
    for entry in sorted(entries, key=lambda one: one.moment):
        word = _WORDS[entry.type]
        if words[-1:] != [word]:
            words.append(word)
    return tuple(words)

"""How learnings travelled: who took up what, and what they learned from it in turn."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from service.pages.charts.tree import Node
from service.pages.frame.addresses import of_kind
from service.pages.parts.day import instant

Thing = Mapping[str, Any]
"""A subject of the graph."""


@dataclass(frozen=True)
class Step(Node):
    """A learning in a chain, or an organisation that took one up and has recorded no learning from it.

    `learning` is None for the latter. `adoption` is how the organisation came to it, None at the beginning of a chain
    or where a learning names another as its source that its organisation had not taken up. `is_above` says that what
    comes from the learning stands further up, where it comes from another one, too.
    """

    learning: Thing | None = None
    adoption: Thing | None = None
    is_above: bool = False


Way = tuple[Thing | None, str | Thing]
"""From a learning: the adoption, if there was one, and the key of the learning that came of it, else the adopter."""


def taken_up(adoptions: Iterable[Thing]) -> Sequence[Thing]:
    """Return the first adoption of each learning by each other organisation, of what the visitor sees."""
    found: dict[tuple[str, str], Thing] = {}
    for one in sorted(adoptions, key=_time):
        learning, to = one["learning"], one["organisation"]
        if learning is None or to is None:
            continue
        if learning["organisation"] is None or learning["organisation"]["key"] == to["key"]:
            continue
        found.setdefault((learning["key"], to["key"]), one)
    return list(found.values())


def ways_of(learnings: Sequence[Thing], adoptions: Iterable[Thing]) -> Mapping[str, Sequence[Way]]:
    """Return the ways from each learning, by its key.

    A learning comes from another if its organisation took that up in a trial from which it learned, or if it names it
    as a source.
    """
    by_learning: dict[str, list[Thing]] = {}
    for one in taken_up(adoptions):
        by_learning.setdefault(one["learning"]["key"], []).append(one)
    naming = _naming(learnings)
    ways: dict[str, list[Way]] = {}
    for learning in learnings:
        key = learning["key"]
        from_it = naming.get(f"learning/{key}", set())
        own: list[Way] = []
        for adoption in by_learning.get(key, []):
            trial = adoption["iteration"]
            from_trial = naming.get(f"iteration/{trial['key']}", set()) if trial else set()
            places = sorted(from_it | from_trial)
            later = [learnings[place] for place in places]
            keys = [one["key"] for one in later if _follows(one, learning, adoption)]
            own += [(adoption, one) for one in keys] or [(adoption, adoption["organisation"])]
        reached = [later for _adoption, later in own]
        own += [
            (None, learnings[place]["key"])
            for place in sorted(from_it)
            if learnings[place]["key"] not in reached
        ]
        ways[key] = own
    return ways


def chains(
    learnings: Sequence[Thing],
    ways: Mapping[str, Sequence[Way]],
    words: Callable[[Thing], str] = itemgetter("statement"),
) -> Sequence[Step]:
    """Return the learnings that led to others, each below the one from which it came, with the `words` of each.

    What comes of a learning stands once, where the learning first stands. Chains begin with what comes from no other.
    """
    by_key = {one["key"]: one for one in learnings}
    expanded: set[str] = set()

    def step(key: str, adoption: Thing | None = None) -> Step:
        learning = by_key[key]
        text, href = words(learning), of_kind("learning", key)
        if key in expanded:
            is_above = bool(ways[key])
            return Step(text, href, learning=learning, adoption=adoption, is_above=is_above)
        expanded.add(key)
        children = tuple(
            step(to, by) if isinstance(to, str) else _end(to, by) for by, to in ways[key]
        )
        return Step(text, href, children=children, learning=learning, adoption=adoption)

    reached = [later for own in ways.values() for _adoption, later in own]
    return [
        step(one["key"])
        for one in sorted(learnings, key=_time)
        if one["key"] not in reached
        and any(isinstance(later, str) for _adoption, later in ways[one["key"]])
    ]


def longest(
    learnings: Sequence[Thing], ways: Mapping[str, Sequence[Way]]
) -> Sequence[Thing | None]:
    """Return the organisations along the longest way that a learning took, in order.

    Where an organisation learned twice in a row, it stands once.
    """
    by_key = {one["key"]: one for one in learnings}
    found: dict[str, Sequence[Thing | None]] = {}

    def onwards(key: str) -> Sequence[Thing | None]:
        if key not in found:
            # What comes round to itself ends there.
            found[key] = ()
            rests = [onwards(to) if isinstance(to, str) else [to] for _adoption, to in ways[key]]
            rest = max(rests, key=len, default=())
            own = by_key[key]["organisation"]
            found[key] = rest if rest and rest[0] == own else [own, *rest]
        return found[key]

    return max((onwards(key) for key in ways), key=len, default=())


def _end(to: Thing, adoption: Thing | None) -> Step:
    return Step(to["name"], of_kind("organisation", to["key"]), adoption=adoption)


def _follows(later: Thing, learning: Thing, adoption: Thing) -> bool:
    """Return whether a learning from this one, or from the trial of its adoption, is of who took it up, and later."""
    if later["key"] == learning["key"] or later["organisation"] is None:
        return False
    if later["organisation"]["key"] != adoption["organisation"]["key"]:
        return False
    return _time(later) >= _time(adoption)


def _time(thing: Thing) -> datetime:
    return instant(thing["time"])


def _naming(learnings: Sequence[Thing]) -> Mapping[str, set[int]]:
    """Return the places of the learnings that name each subject as their source, by its stream."""
    found: dict[str, set[int]] = {}
    for place, one in enumerate(learnings):
        for source in one["sources"]:
            found.setdefault(source["stream"], set()).add(place)
    return found

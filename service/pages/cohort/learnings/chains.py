"""How learnings travelled: who took up what, and what they learned from it in turn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.pages.charts.tree import Node
from service.pages.cohort.day import instant
from service.pages.frame.addresses import of_kind

Thing = Mapping[str, Any]
"""A subject of the graph."""


@dataclass(frozen=True)
class Step(Node):
    """A learning in a chain, or an organisation that took one up and has told no learning from it.

    `learning` is None for the latter. `adoption` is how the organisation came to it, None at the beginning of a chain or
    where a learning names another as its source without having been taken up.
    """

    learning: Thing | None = None
    adoption: Thing | None = None

    @property
    def organisations(self) -> Sequence[str]:
        """The names along the longest way from here, an organisation's own learnings counted once."""
        source = self.learning or self.adoption or {}
        name = (source.get("organisation") or {}).get("name")
        ways = [step.organisations for step in self.children if isinstance(step, Step)]
        rest = max(ways, key=len, default=[])
        return rest if name is None or rest[:1] == [name] else [name, *rest]


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


def chains(learnings: Sequence[Thing], adoptions: Iterable[Thing]) -> Sequence[Step]:
    """Return the learnings that led to other learnings, each below the one from which it came.

    A learning comes from another if its organisation took that up in a trial from which it learned, or if it names it as
    a source. A learning stands once in a chain, and chains begin with what comes from no other.
    """
    by_learning: dict[str, list[Thing]] = {}
    for one in taken_up(adoptions):
        by_learning.setdefault(one["learning"]["key"], []).append(one)

    def below(learning: Thing, above: frozenset[str]) -> Iterator[Step]:
        direct = set()
        for adoption in by_learning.get(learning["key"], []):
            then = [one for one in learnings if _follows(one, learning, adoption)]
            direct |= {one["key"] for one in then}
            then = [one for one in then if one["key"] not in above]
            yield from (step(one, above, adoption) for one in then)
            if not then:
                yield Step(
                    adoption["organisation"]["name"],
                    of_kind("organisation", adoption["organisation"]["key"]),
                    adoption=adoption,
                )
        for one in learnings:
            if one["key"] not in direct | above and _names(one, "learning", learning["key"]):
                yield step(one, above)

    def step(learning: Thing, above: frozenset[str], adoption: Thing | None = None) -> Step:
        own = of_kind("learning", learning["key"])
        children = tuple(below(learning, above | {learning["key"]}))
        return Step(
            learning["statement"], own, children=children, learning=learning, adoption=adoption
        )

    found = [step(one, frozenset()) for one in sorted(learnings, key=_time)]
    reached = {key for chain in found for child in chain.children for key in _keys(child)}
    return [
        one
        for one in found
        if one.learning is not None
        and one.learning["key"] not in reached
        and any(isinstance(child, Step) and child.learning for child in one.children)
    ]


def _follows(later: Thing, learning: Thing, adoption: Thing) -> bool:
    """Return whether the organisation that took up the learning learned the later one from it."""
    if later["key"] == learning["key"] or later["organisation"] is None:
        return False
    if later["organisation"]["key"] != adoption["organisation"]["key"]:
        return False
    if _time(later) < _time(adoption):
        return False
    trial = adoption["iteration"]
    from_trial = trial is not None and _names(later, "iteration", trial["key"])
    return from_trial or _names(later, "learning", learning["key"])


def _time(thing: Thing) -> datetime:
    return instant(thing["time"])


def _names(learning: Thing, kind: str, key: str) -> bool:
    """Return whether the learning names this subject as its source."""
    return any(source["stream"] == f"{kind}/{key}" for source in learning["sources"])


def _keys(step: Node) -> Iterator[str]:
    if isinstance(step, Step) and step.learning is not None:
        yield step.learning["key"]
    for child in step.children:
        yield from _keys(child)

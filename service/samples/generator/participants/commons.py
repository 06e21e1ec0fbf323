"""What earlier cohorts leave for later ones, in bounded memory."""

from typing import Protocol, TypeVar

from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import (
    SampleIteration,
    SampleLearning,
    SampleQuestion,
    SampleSubject,
)
from service.samples.generator.randomness.dice import Dice

POOL_MAX = 96
_TRIES = 6


class _Dated(Protocol):
    since: int

    @property
    def owner(self) -> str: ...


D = TypeVar("D", bound=_Dated)


class Pool(list[D]):
    """At most POOL_MAX items; once it is full, a new item replaces a random one."""

    def keep(self, thing: D, dice: Dice) -> None:
        """Add the item; it may replace another one."""
        if len(self) < POOL_MAX:
            self.append(thing)
        else:
            self[dice.below(POOL_MAX)] = thing

    def find(self, dice: Dice, before: int, but: str = "") -> D | None:
        """Return an item older than this moment that does not belong to the organisation `but`, or None."""
        if self:
            for _ in range(_TRIES):
                thing = dice.pick(self)
                if thing.since < before and (not but or thing.owner != but):
                    return thing
        return None


class Commons:
    """Public subjects and free organisations of earlier cohorts."""

    __slots__ = (
        "asks",
        "citable",
        "cohorts",
        "inspirations",
        "iterations",
        "learnings",
        "organisations",
        "questions",
    )

    def __init__(self) -> None:
        self.asks: Pool[SampleSubject] = Pool()
        self.citable: Pool[SampleSubject] = Pool()
        self.cohorts: Pool[SampleSubject] = Pool()
        self.inspirations: Pool[SampleSubject] = Pool()
        self.iterations: Pool[SampleIteration] = Pool()
        self.learnings: Pool[SampleLearning] = Pool()
        self.organisations: Pool[SampleOrganisation] = Pool()
        self.questions: Pool[SampleQuestion] = Pool()

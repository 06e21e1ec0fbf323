"""What earlier cohorts left for later ones: a bounded memory."""

from typing import Protocol, TypeVar

from service.generator.dice import Dice
from service.generator.organisation import Organisation
from service.generator.subject import Iteration, Learning, Question, Subject

POOL_MAX = 96
_TRIES = 6


class _Dated(Protocol):
    since: int

    @property
    def owner(self) -> str: ...


D = TypeVar("D", bound=_Dated)


class Pool(list[D]):
    """At most POOL_MAX things; once it is full, a new one takes a random place."""

    def keep(self, thing: D, dice: Dice) -> None:
        """The thing is in the pool; another may have had to go."""
        if len(self) < POOL_MAX:
            self.append(thing)
        else:
            self[dice.below(POOL_MAX)] = thing

    def find(self, dice: Dice, before: int, but: str = "") -> D | None:
        """A thing older than this moment that is not the organisation's own, if luck finds one."""
        if self:
            for _ in range(_TRIES):
                thing = dice.pick(self)
                if thing.since < before and (not but or thing.owner != but):
                    return thing
        return None


class Commons:
    """Public things and free organisations, whatever the number of cohorts so far."""

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
        self.asks: Pool[Subject] = Pool()
        self.citable: Pool[Subject] = Pool()
        self.cohorts: Pool[Subject] = Pool()
        self.inspirations: Pool[Subject] = Pool()
        self.iterations: Pool[Iteration] = Pool()
        self.learnings: Pool[Learning] = Pool()
        self.organisations: Pool[Organisation] = Pool()
        self.questions: Pool[Question] = Pool()

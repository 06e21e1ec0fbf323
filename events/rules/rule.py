"""What a rule is, and the list of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from events.access.principal import Principal
from events.state.state_view import StateView
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, Fault


@dataclass(frozen=True, slots=True)
class Case:
    """An event before the rules: the event, who sends it, what the record says, and the present moment in µs.

    `is_new` says that it is to be recorded; otherwise it was, and is verified.
    """

    event: Event
    sender: Principal
    state_view: StateView
    now_us: int
    is_new: bool = True


Check = Callable[[Case], Iterable[Fault]]
Hint = Callable[[Case], Iterable[Advice]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its stable id; its check's docstring is its documentation. No names: it is for every type.

    One `of_new_events` is stricter than an earlier release was: what was recorded need not keep it.
    """

    id: str
    names: frozenset[str]
    check: Check
    of_new_events: bool = False

    @property
    def text(self) -> str:
        """The rule in a sentence."""
        return " ".join((self.check.__doc__ or "").split())


RULES: Final[list[Rule]] = []
HINTS: Final[dict[str, Hint]] = {}


def rule(rule_id: str, *names: str, of_new_events: bool = False) -> Callable[[Check], Check]:
    """Register a check as the rule `rule_id` for these event types (none: for all)."""

    def register(check: Check) -> Check:
        RULES.append(Rule(rule_id, frozenset(names), check, of_new_events))
        return check

    return register


def hint(advice_id: str) -> Callable[[Hint], Hint]:
    """Register advice that refuses nothing."""

    def register(check: Hint) -> Hint:
        HINTS[advice_id] = check
        return check

    return register


def broken(case: Case) -> Iterator[Fault]:
    """Yield every fault that the rules find."""
    for check in _checks_of(case.event.kind.name, case.is_new):
        yield from check(case)


@cache
def _checks_of(name: str, is_new: bool) -> tuple[Check, ...]:
    """Return the checks for an event type; by the first event, all rules are registered."""
    return tuple(
        one.check
        for one in RULES
        if (not one.names or name in one.names) and (is_new or not one.of_new_events)
    )


def advice(case: Case) -> Iterator[Advice]:
    """Yield everything worth a second look."""
    for one in HINTS.values():
        yield from one(case)

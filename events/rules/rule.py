"""Rules and advice, and the lists in which they are registered. The modules of this room register theirs."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Generic, TypeVar

from events.access.principal import Principal
from events.state.state_view import StateView
from events.vocabulary.annotations import kinds_of
from events.vocabulary.catalogue import EventKind
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, Fault
from events.vocabulary.types.event_type import Type_co


@dataclass(frozen=True, slots=True)
class Case(Generic[Type_co]):
    """What a rule judges: an event, its sender, the state of the record, and the present time in µs.

    `is_new` is false for a recorded event that is verified. A rule whose case is a `Case[LearningCaptured]` is for
    events of that type only.
    """

    event: Event[Type_co]
    sender: Principal
    state_view: StateView
    now_us: int
    is_new: bool = True


# Each is called only with cases of the types that its annotation names.
Check = Callable[[Case[Any]], Iterable[Fault]]
AdviceCheck = Callable[[Case[Any]], Iterable[Advice]]
Among = Callable[[EventKind], bool]
"""Says which event types a rule or advice is for, if they follow from what the types have in common."""
_C = TypeVar("_C", bound=Check)
_A = TypeVar("_A", bound=AdviceCheck)


def every(kind: EventKind) -> bool:
    """Return true: a rule is for every event type."""
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its stable id. The docstring of its check is its documentation. Without names it is for every type
    that `among` accepts.

    If `of_new_events`, an earlier release did not have it, so events that are recorded already need not keep it.
    """

    id: str
    names: frozenset[str]
    check: Check
    of_new_events: bool = False
    among: Among = every

    def is_for(self, kind: EventKind) -> bool:
        """Return whether the rule can refuse events of a type."""
        return (not self.names or kind.name in self.names) and self.among(kind)

    @property
    def text(self) -> str:
        """The rule's documentation."""
        return _sentence(self.check)


@dataclass(frozen=True, slots=True)
class AdviceRule:
    """A rule that refuses no event but gives advice, with its stable id.

    Without names it is for every type that `among` accepts.
    """

    id: str
    names: frozenset[str]
    check: AdviceCheck
    among: Among = every

    def is_for(self, kind: EventKind) -> bool:
        """Return whether the advice can be given on events of a type."""
        return (not self.names or kind.name in self.names) and self.among(kind)

    @property
    def text(self) -> str:
        """The advice's documentation."""
        return _sentence(self.check)


RULES: Final[list[Rule]] = []
ADVICE: Final[list[AdviceRule]] = []


def rule(rule_id: str, *, of_new_events: bool = False, among: Among = every) -> Callable[[_C], _C]:
    """Register a check as the rule `rule_id`, for the types that its `case` names (for all types if it names none).

    Of these, it is for those that `among` accepts.

    Raises CatalogueError if there is no such type.
    """

    def register(check: _C) -> _C:
        RULES.append(Rule(rule_id, _names(check), check, of_new_events, among))
        return check

    return register


def advice(advice_id: str, *, among: Among = every) -> Callable[[_A], _A]:
    """Register a check as the advice `advice_id`, for the types that its `case` names (for all types if it names none).

    Of these, it is for those that `among` accepts.

    Raises CatalogueError if there is no such type.
    """

    def register(check: _A) -> _A:
        ADVICE.append(AdviceRule(advice_id, _names(check), check, among))
        return check

    return register


def broken(case: Case) -> Iterator[Fault]:
    """Yield every fault that the rules find."""
    for check in _checks_of(case.event.kind, case.is_new):
        yield from check(case)


def advised(case: Case) -> Iterator[Advice]:
    """Yield the advice about an event."""
    for check in _advice_checks_of(case.event.kind):
        yield from check(case)


@cache
def _checks_of(kind: EventKind, is_new: bool) -> tuple[Check, ...]:
    """Return the checks for an event type. All rules are registered before the first event is judged."""
    return tuple(
        one.check for one in RULES if one.is_for(kind) and (is_new or not one.of_new_events)
    )


@cache
def _advice_checks_of(kind: EventKind) -> tuple[AdviceCheck, ...]:
    return tuple(one.check for one in ADVICE if one.is_for(kind))


def _names(check: Callable[..., object]) -> frozenset[str]:
    return frozenset(kind.name for kind in kinds_of(check, "case"))


def _sentence(check: Callable[..., object]) -> str:
    return " ".join((check.__doc__ or "").split())

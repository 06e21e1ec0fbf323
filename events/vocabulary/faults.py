"""Faults: what is wrong with an event, and the error that refuses it. The rules and the recorder make them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

MESSAGE_FAULTS_MAX: Final = 10
"""How many faults the message of `Refused` names; its `faults` has all of them."""
SHOWN_CHARACTERS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the rule that is broken, where, and in `detail` a sentence about it.

    `pointer` is a JSON pointer into the event. `index` is the event's place in its request, None for the whole request.
    """

    rule: str
    pointer: str
    detail: str
    index: int | None = 0

    def at(self, index: int | None) -> "Fault":
        """Return the same fault for the event at `index`."""
        return replace(self, index=index)


def expected(what: str, found: object) -> str:
    """Return the sentence that says what was expected and what was found, for the `detail` of a fault."""
    return f"Expected {what}; found {shown(found)}."


def shown(value: object) -> str:
    """Return a JSON value as a sentence quotes it: as JSON if it is short, else its kind and size."""
    match value:
        case str() if len(value) > SHOWN_CHARACTERS_MAX:
            return f"a text of {len(value):,} characters"
        case list():
            return f"a list of {len(value):,}"
        case dict():
            return "an object"
        case str():
            # Invisible marks and lone surrogates are escaped.
            return json.dumps(value, ensure_ascii=not value.isprintable())
        case None | bool() | int() | float():
            return json.dumps(value)
        case _:
            return f"a value of type {type(value).__name__}"


@dataclass(frozen=True, slots=True)
class Advice:
    """Something worth a second look. It does not refuse the event."""

    rule: str
    detail: str


class EventsError(Exception):
    """The base class of this package's errors."""


class Refused(EventsError):
    """The events were not recorded. `faults` lists everything that is wrong with them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        parts = [
            f"{fault.rule} at {fault.pointer or '/'}: {fault.detail}"
            for fault in self.faults[:MESSAGE_FAULTS_MAX]
        ]
        if len(self.faults) > MESSAGE_FAULTS_MAX:
            parts.append(f"and {len(self.faults) - MESSAGE_FAULTS_MAX} more")
        super().__init__("; ".join(parts))

"""What is wrong with an event, and the refusal that carries it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

TOLD_MAX: Final = 10
"""How many faults an error's message names; all of them stand in its `faults`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the rule it breaks, where, and what was expected.

    `pointer` is a JSON pointer into the event; `index` the event's place in its request, None for the request itself.
    """

    rule: str
    pointer: str
    detail: str
    index: int | None = 0

    def at(self, index: int | None) -> "Fault":
        """Return the same fault for the event at `index`."""
        return replace(self, index=index)


@dataclass(frozen=True, slots=True)
class Advice:
    """Something worth a second look that refuses nothing."""

    rule: str
    detail: str


class EventsError(Exception):
    """The root of this package's errors."""


class Refused(EventsError):
    """The events were not recorded; `faults` says everything that is wrong with them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        told = [
            f"{fault.rule} at {fault.pointer or '/'}: {fault.detail}"
            for fault in self.faults[:TOLD_MAX]
        ]
        if len(self.faults) > TOLD_MAX:
            told.append(f"and {len(self.faults) - TOLD_MAX} more")
        super().__init__("; ".join(told))

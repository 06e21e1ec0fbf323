"""A mapping: which events a submission becomes. `mapping_file` reads one from an operator's file."""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from events.access.policy import Role
from events.vocabulary.catalogue import EventKind
from service.access.grant import Grant
from service.hooks.tool import Tool
from service.pages.sheets.columns import plain
from service.submissions.expressions import Expression, Steps
from service.submissions.items import Each
from service.submissions.submission import Submission
from service.submissions.values import Answer, Created, Value, found, is_empty


@dataclass(frozen=True)
class Condition:
    """When an event is recorded: if there is a value, or one of those in `any_of`, which are in plain letters."""

    value: Value
    any_of: frozenset[str] | None

    def holds(self, submission: Submission, steps: Steps) -> bool:
        """Return whether it holds for a submission. Raises Failed."""
        at = found(self.value, submission, steps)
        if self.any_of is None:
            return not is_empty(at) and at is not False
        items = at if isinstance(at, list) else [at]
        return any(plain(_text(item)) in self.any_of for item in items)


@dataclass(frozen=True)
class EventPlan:
    """One event that a submission becomes. `id` is the end of its id, and differs from those of the others."""

    id: str
    kind: EventKind
    when: Condition | None
    attributes: Table[str, Value]
    """The time and the visibility, where the mapping gives them."""
    data: Table[str, Value]
    each: Each | None = None
    """The list for each item of which the event is made; None for an event of the submission as a whole."""


@dataclass(frozen=True)
class Mapping:
    """What a hook makes of submissions, and for whom it records.

    `places` are the expressions for the id, the time and the answers, where the tool has them elsewhere than usual.
    Times without a zone are in `zone`.
    """

    name: str
    tool: Tool
    organisation: str
    source: str
    zone: tzinfo
    places: Table[str, Expression]
    events: Sequence[EventPlan]

    @property
    def questions(self) -> Sequence[str]:
        """The questions that it asks for the answers of, each once."""
        values = [
            *(event.when.value for event in self.events if event.when is not None),
            *(value for event in self.events for value in event.attributes.values()),
            *(value for event in self.events for value in event.data.values()),
        ]
        asked = (value.question for value in values if isinstance(value, Answer))
        return list(dict.fromkeys(asked))

    @property
    def doubts(self) -> Sequence[str]:
        """What may not be meant, in English: fields that name what an event creates which is not always recorded."""
        return [
            f"event {number} ({event.kind.name}), data.{name}: {self._missing(event, name, value)}"
            for number, event in enumerate(self.events, 1)
            for name, value in event.data.items()
            if isinstance(value, Created)
            and (when := self.events[value.event].when) is not None
            and when != event.when
        ]

    def _missing(self, event: EventPlan, name: str, value: Created) -> str:
        """Return what happens if the event that a field depends on is left out."""
        is_needed = name in event.kind.required
        then = "the submission is refused" if is_needed else "the field is left out"
        return (
            f"event {value.event + 1} ({self.events[value.event].kind.name}) is recorded only under a condition. "
            f"If that does not hold, {then}; give this event the same 'when' if it depends on it."
        )

    @property
    def grant(self) -> Grant:
        """The grant of the key under which the hook records."""
        return Grant(
            Role.ORGANISATION,
            organisation=self.organisation,
            sources=(self.source,),
            name=f"hook {self.name}",
            types=tuple(sorted({event.kind.name for event in self.events})),
        )


def in_plain_letters(values: Sequence[object]) -> frozenset[str]:
    """Return values as conditions compare them."""
    return frozenset(plain(_text(value)) for value in values)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

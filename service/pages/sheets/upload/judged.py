"""What the log says of the events of a sheet before they are recorded: which are new, and what is wrong with others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from events.access.principal import Principal
from events.log import EventLog
from events.recording.repeats import OTHER_SENDER
from events.vocabulary.catalogue import EventKind
from events.vocabulary.faults import Fault
from service.pages.record.done.view import ADVICE
from service.pages.record.faults import RULES, messages_for
from service.pages.record.form import form_of
from service.pages.record.offers import Offer, offer
from service.pages.record.reading import given_of
from service.pages.sheets.files.table import Place
from service.pages.sheets.sheet_event import (
    CONFLICT,
    DEPENDENT,
    SheetEvent,
    detail_of,
    kind_of_event,
)

_CHANGED: Final = (
    "This was recorded before, with other words. What is recorded stays: correct it on its own page. If the row is"
    " about something else, give it another id."
)
_OF_ANOTHER: Final = (
    "Somebody else recorded this row. If it is about something else, give it another id."
)


class Status(StrEnum):
    """What would become of an event."""

    NEW = "new"
    REPEATED = "repeated"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is wrong with an event, at a place: an English message, and the words of the rule.

    `follows` says that only what it builds on is wrong.
    """

    place: Place
    sentence: str
    detail: str
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """An event of a sheet, and what would become of it. `advice` are English messages."""

    event: SheetEvent
    status: Status
    wrong: Sequence[Wrong] = ()
    advice: Sequence[str] = ()

    @property
    def kind(self) -> EventKind:
        """The type of the event."""
        return kind_of_event(self.event)

    @property
    def offer(self) -> Offer:
        """What the type is called."""
        return offer(self.kind)


async def judged(
    log: EventLog, events: Sequence[SheetEvent], sender: Principal
) -> Sequence[Judged]:
    """Return what recording the events would do; nothing is recorded. Raises OutcomeUnknown and Unavailable."""
    candidates = [log.check(event.content, sender) for event in events]
    outcome = await log.record(candidates, sender=sender, lenient=True, dry=True)
    receipts = iter(outcome.would)
    found = []
    for index, event in enumerate(events):
        if faults := outcome.refused.get(index):
            is_changed = any(fault.rule == CONFLICT for fault in faults)
            status = Status.CHANGED if is_changed else Status.REFUSED
            found.append(Judged(event, status, [*_wrong(event, faults)]))
            continue
        receipt = next(receipts)
        advice = [one.rule for one in receipt.warnings]
        found.append(
            Judged(
                event,
                Status.REPEATED if receipt.repeated else Status.NEW,
                advice=[ADVICE[rule] for rule in dict.fromkeys(advice) if rule in ADVICE],
            )
        )
    return found


async def faults_of(
    log: EventLog, events: Sequence[SheetEvent], sender: Principal
) -> Sequence[Fault]:
    """Return what the record finds wrong with the events. Raises OutcomeUnknown and Unavailable."""
    candidates = [log.check(event.content, sender) for event in events]
    outcome = await log.record(candidates, sender=sender, lenient=True, dry=True)
    return [fault for faults in outcome.refused.values() for fault in faults]


def _wrong(event: SheetEvent, faults: Iterable[Fault]) -> Iterable[Wrong]:
    form = form_of(kind_of_event(event))
    given: Mapping[str, Sequence[str]] = given_of(form.fields, event.content["data"])
    for fault in faults:
        if fault.rule == CONFLICT:
            sentence = _OF_ANOTHER if OTHER_SENDER in fault.detail else _CHANGED
        elif fault.rule in RULES:
            sentence = RULES[fault.rule]
        else:
            [message] = messages_for(form, [fault], given)
            sentence = message.sentence
        follows = fault.rule == DEPENDENT
        yield Wrong(event.place_of(fault.pointer), sentence, detail_of(event, fault), follows)


def messages() -> tuple[str, ...]:
    """Return the words of this module, for the catalogues."""
    return _CHANGED, _OF_ANOTHER

"""A record in the making: appends a test's events, and supplies ids and times."""

from collections.abc import Callable, Mapping
from itertools import count

from events.access.principal import RECORD, Principal
from events.lines.recorded import Receipt
from events.log import EventLog
from events.recording.request import RequestOutcome
from events.rules import advice_for, rules_for
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.faults import Refused
from tests.events.samples import EventJson, at, begun

SOURCE = "https://example.org/workshops"


def check_named(event: EventJson, rule: str, named_for: Callable[[EventKind], list[str]]) -> None:
    """Check that the rule or advice is named for the event's type, if there is such a type."""
    found = VOCABULARY.find(event["type"]) if isinstance(event.get("type"), str) else None
    assert found is None or rule in named_for(found[0]), (event["type"], rule)


class Record:
    """A test's events, on their way into a log.

    Events without a `time` are an hour apart from each other, those without an `id` get the next number.
    """

    def __init__(self, log: EventLog, sender: Principal = RECORD) -> None:
        self.log = log
        self.sender = sender
        self._numbers = count(1)
        self._hours = count(2)

    def complete(self, event: EventJson) -> EventJson:
        """Return the event with an id, a source and a time."""
        number = next(self._numbers)
        own_time = {} if "time" in event else {"time": at(next(self._hours))}
        return {"id": f"event-{number}", "source": SOURCE, **own_time, **event}

    async def begin(self) -> None:
        """Record a cohort with two organisations, mill and archive, and a third outside, library."""
        await self.add(*begun())

    async def add(
        self,
        *events: EventJson,
        sender: Principal | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> tuple[Receipt, ...]:
        """Record the events together. What refuses or advises is among what `rules_for` and `advice_for` name."""
        try:
            receipts = await self.log.append(
                [self.complete(event) for event in events],
                sender=sender or self.sender,
                expected=expected,
            )
        except Refused as refused:
            for fault in refused.faults:
                if fault.index is not None:
                    check_named(events[fault.index], fault.rule, rules_for)
            raise
        for event, receipt in zip(events, receipts, strict=True):
            for advice in receipt.warnings:
                check_named(event, advice.rule, advice_for)
        return receipts

    async def add_one(self, event: EventJson, *, sender: Principal | None = None) -> Receipt:
        """Record one event."""
        (receipt,) = await self.add(event, sender=sender)
        return receipt

    async def report(
        self,
        *events: EventJson,
        sender: Principal | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> list[tuple[int | None, str, str]]:
        """Record the events together; return what is wrong with them: index, rule and pointer."""
        try:
            await self.add(*events, sender=sender, expected=expected)
        except Refused as refused:
            return [(fault.index, fault.rule, fault.pointer) for fault in refused.faults]
        return []

    async def faults(
        self, event: EventJson, *, sender: Principal | None = None
    ) -> list[tuple[str, str]]:
        """Record one event; return what is wrong with it: rule and pointer; empty if it was recorded."""
        return [(rule, pointer) for _, rule, pointer in await self.report(event, sender=sender)]

    async def record(
        self,
        *events: EventJson,
        sender: Principal | None = None,
        expected: Mapping[str, int] | None = None,
        lenient: bool = False,
        dry: bool = False,
    ) -> RequestOutcome:
        """Record the events as the HTTP route does: leniently, or only judged."""
        sender = sender or self.sender
        checked = [self.log.check(self.complete(event), sender) for event in events]
        return await self.log.record(
            checked, sender=sender, expected=expected, lenient=lenient, dry=dry
        )

    async def advice(self, event: EventJson) -> list[str]:
        """Record one event; return the ids of the advice that its receipt carries."""
        return [advice.rule for advice in (await self.add_one(event)).warnings]

"""The tools `validate` and `record`: events are handed in as by `POST /events`, and go through the same recorder."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field

from events.lines.recorded import Receipt
from service.assistants.asker import Asker
from service.assistants.tool import Arguments, Result, Tool
from service.http.resources.recording import checked
from service.problems import problem

EVENTS_MAX: Final = 20
"""The most events of a call: as many as a person can look through before they are recorded."""

_EVENT: Final = {
    "type": "object",
    "description": "A CloudEvent: `specversion` is `1.0`; `source` is a URI of the user's own and `id` is unique within"
    " it; `type` is the full name of a type; `time` is when it happened, with an offset (RFC 3339); `data` has the"
    " fields of the type. `visibility`, `timeprecision` and `actor` are optional.",
    "properties": {name: {"type": "string"} for name in ("specversion", "id", "source", "type")}
    | {"time": {"type": "string", "format": "date-time"}, "data": {"type": "object"}},
    "required": ["specversion", "id", "source", "type", "time", "data"],
}


class RecordingArguments(Arguments):
    """The events: all of them are recorded, or none."""

    events: Annotated[
        list[Any],
        Field(min_length=1, max_length=EVENTS_MAX, json_schema_extra={"items": _EVENT}),
    ]


class Warned(BaseModel):
    """What the sender may want to look at."""

    rule: str
    detail: str


class Would(BaseModel):
    """What recording an event would do."""

    source: str
    id: str
    would: str = Field(description="`recorded`, or `repeated` if it was recorded before.")
    streams: dict[str, int] = Field(description="The streams it would be in, as far as shown.")
    warnings: list[Warned]


class Recorded(BaseModel):
    """The receipt of an event."""

    source: str
    id: str
    position: int = Field(description="Its place in the log.")
    repeated: bool = Field(description="Whether it had been recorded before.")
    streams: dict[str, int] = Field(description="The streams it is in, as far as shown.")
    warnings: list[Warned]


class ValidateResult(Result):
    """What recording would do. Nothing was recorded."""

    would: list[Would]

    def lines(self) -> Iterator[str]:
        yield "Nothing was recorded."
        for one in self.would:
            yield f"- {one.id} would be {one.would}, in {', '.join(one.streams) or 'no stream'}"
            yield from _warned(one.warnings)


class RecordResult(Result):
    """The receipts, in the order of the events. What they say is on disk."""

    receipts: list[Recorded]

    def lines(self) -> Iterator[str]:
        for one in self.receipts:
            before = "had been recorded before" if one.repeated else "is recorded"
            yield f"- {one.id} {before}, at position {one.position}, in {', '.join(one.streams) or 'no stream'}"
            yield from _warned(one.warnings)


def _warned(warnings: Sequence[Warned]) -> Iterator[str]:
    return (f"  {one.rule}: {one.detail}" for one in warnings)


async def _validate(arguments: RecordingArguments, asker: Asker) -> ValidateResult:
    outcome = await _judged(arguments, asker, dry=True)
    would = [
        Would(**_common(receipt), would="repeated" if receipt.repeated else "recorded")
        for receipt in outcome.would
    ]
    return ValidateResult(would=would)


async def _record(arguments: RecordingArguments, asker: Asker) -> RecordResult:
    receipts = (await _judged(arguments, asker, dry=False)).receipts
    service = asker.service
    # The next call of a tool usually reads what was recorded. What is late is late, and recorded all the same.
    last = max(receipt.position for receipt in receipts)
    await service.served.wait_for(last, service.settings.min_position_seconds)
    recorded = [
        Recorded(**_common(receipt), position=receipt.position, repeated=receipt.repeated)
        for receipt in receipts
    ]
    return RecordResult(receipts=recorded)


async def _judged(arguments: RecordingArguments, asker: Asker, *, dry: bool) -> Any:
    service = asker.service
    most = min(EVENTS_MAX, service.settings.batch_events_max)
    if len(arguments.events) > most:
        detail = "The call has too many events"
        raise problem(413, "batch.too_large", detail, expected=f"at most {most}", pointer="/events")
    events = [checked(service, event, asker.viewer) for event in arguments.events]
    return await service.log.record(events, sender=asker.viewer, dry=dry)


def _common(receipt: Receipt) -> dict[str, Any]:
    return {
        "source": receipt.source,
        "id": receipt.id,
        "streams": dict(receipt.streams),
        "warnings": [Warned(rule=one.rule, detail=one.detail) for one in receipt.warnings],
    }


VALIDATE: Final = Tool(
    name="validate",
    title="Check events",
    description="Check events as `record` would, without recording anything. A refusal lists everything that is wrong.",
    arguments=RecordingArguments,
    result=ValidateResult,
    run=_validate,
    records=True,
)
RECORD: Final = Tool(
    name="record",
    title="Record events",
    description="Record events, all or none: what is recorded can be voided later, but stays in the log. Show"
    " the user the events, and wait for their consent, before you call it. If no answer comes, send the same events"
    " with the same ids again: each is recorded once.",
    arguments=RecordingArguments,
    result=RecordResult,
    run=_record,
    records=True,
    only_reads=False,
)

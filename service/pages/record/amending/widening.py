"""What is asked before more people see something that was corrected: they find the first wording, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.access.policy import may_ever_record
from events.access.principal import Principal
from events.log import EventLog
from events.vocabulary.catalogue import VOCABULARY, JsonObject
from events.vocabulary.stream import event_position
from events.vocabulary.types.record import EventVoided, VisibilityChanged
from service.pages.frame.page import Answer, Query
from service.pages.record.amending import replacement
from service.pages.record.amending.about import About, about_of
from service.pages.record.form import Form
from service.pages.record.reading import ACTION, Given, one

KNOWINGLY: Final = "knowingly"
"""The action with which a form says that more people shall find the first wording."""
ASKED: Final = "event.asked"
"""The field of the form that has for what, and for which level, it was asked."""

ADVICE: Final = "correction.shown"

_EVENT: Final = (
    "position type subject visibility data time timePrecision voidedBy"
    " corrections { field before after } amendable { fields voidable }"
)
CORRECTED: Final = Query(
    "record-corrected.graphql",
    "query Corrected($stream: String!, $position: Position!, $isEvent: Boolean!) {\n"
    "  events(stream: $stream, first: 100) @skip(if: $isEvent) {\n"
    f"    nodes {{ {_EVENT} }}\n"
    "  }\n"
    f"  event(position: $position) @include(if: $isEvent) {{ {_EVENT} }}\n"
    "}\n",
)
"""The query for the events of a subject, or for one event, and what was corrected in them."""


@dataclass(frozen=True)
class Correctable:
    """A corrected event: the addresses at which it is voided and recorded again, None where that cannot be."""

    about: About
    take_back: str | None
    replacement: str | None


class Asks(Exception):
    """What shall be seen by more people was corrected, and nobody was asked yet whether they may see how it read."""


def asked(form: Form, given: Given) -> str:
    """Return for what a form asks: what it is about, and the level."""
    return " ".join(one(given, name) for name in form.order)


async def check(
    log: EventLog, form: Form, given: Given, event: JsonObject, sender: Principal
) -> None:
    """Return if nobody has to be asked before an event is recorded. Raises Asks, Refused and Unavailable."""
    if form.kind.model is not VisibilityChanged:
        return
    if one(given, ACTION) == KNOWINGLY and one(given, ASKED) == asked(form, given):
        return
    outcome = await log.record([log.check(event, sender)], sender=sender, dry=True)
    if any(advice.rule == ADVICE for receipt in outcome.would for advice in receipt.warnings):
        raise Asks


def variables(form: Form, given: Given) -> Mapping[str, Any]:
    """Return the variables of the query."""
    of = one(given, "of")
    position = event_position(of)
    return {"stream": of, "position": position or 1, "isEvent": position is not None}


def correctable(
    form: Form, given: Given, answer: Answer, viewer: Principal
) -> Sequence[Correctable]:
    """Return the corrected events that more people would see."""
    of, level = one(given, "of"), one(given, "visibility")
    events = [answer["event"]] if "event" in answer else answer["events"]["nodes"]
    about = [
        found
        for event in events
        if event is not None
        and event["corrections"]
        and event["voidedBy"] is None
        and (event["subject"] == of or event_position(of) is not None)
        and (found := about_of({"event": event})) is not None
    ]
    void = VOCABULARY.of(EventVoided)
    return [
        Correctable(
            one,
            f"/record/{void.name}?{void.about_field}={one.position}" if one.is_voidable else None,
            replacement.address(one, level) if may_ever_record(viewer.role, one.kind) else None,
        )
        for one in about
        # Corrections say themselves what they corrected.
        if one.kind.correctable
    ]

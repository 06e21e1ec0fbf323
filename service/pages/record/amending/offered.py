"""What pages offer of the events that they show: a link to correct each, and one to take it back, for those who may.

And by whom something was amended. A page asks `OFFERED` after its own query, and gives its view what `offered` returns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from events.reading.amendable import amends
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.event_type import EventType
from events.vocabulary.types.record import EventCorrected, EventVoided
from service.pages.frame.page import Answer, Visit, read_query

OFFERED: Final = read_query("record/amending", name="offered")
"""The query for what may be amended, and for who amended something."""

EVENTS_MAX: Final = 100
"""The most events of which a page asks what may be amended of them."""

_PERSON: Final = "person/"


@dataclass(frozen=True)
class Amending:
    """The addresses of the forms that correct an event and take it back; None for what the visitor may not do."""

    correct: str | None = None
    take_back: str | None = None


NOTHING: Final = Amending()


@dataclass(frozen=True)
class Offered:
    """What the visitor may amend of each event, by its position, and what those who acted are called."""

    amending: Mapping[int, Amending] = field(default_factory=dict)
    persons: Mapping[str, str] = field(default_factory=dict)
    is_told_actors: bool = False
    own: str = ""

    def of(self, position: int) -> Amending:
        """Return what the visitor may amend of the event at a position."""
        return self.amending.get(position, NOTHING)

    def by(self, actor: str) -> str | None:
        """Return who acted: "" for the visitor's own key, None where that is not shown.

        Of persons, it says what the visitor may see; of other keys, their ids, as the page of access has them.
        """
        if not self.is_told_actors:
            return None
        if actor.startswith(_PERSON):
            return self.persons.get(actor)
        return "" if actor == self.own else actor


def variables(
    events: Iterable[Mapping[str, Any]], actors: Iterable[str], visit: Visit
) -> Mapping[str, Any] | None:
    """Return the variables of the query; None for visitors who may amend nothing, whichever event it is."""
    if not amends(visit.viewer):
        return None
    persons = dict.fromkeys(actor for actor in actors if actor.startswith(_PERSON))
    return {
        "events": [event["id"] for event in events][:EVENTS_MAX],
        "actors": [*persons][:EVENTS_MAX],
    }


def offered(answer: Answer, visit: Visit) -> Offered:
    """Return what the visitor is offered, nothing if the query was not asked."""
    if "amendable" not in answer:
        return Offered()
    found = {one["position"]: one["amendable"] for one in answer["amendable"] if one}
    return Offered(
        {position: _amending(position, may) for position, may in found.items()},
        {one["stream"]: one["name"] or one["role"] for one in answer["actors"] if one},
        is_told_actors=True,
        own=f"service/{visit.viewer.id}",
    )


def _amending(position: int, may: Mapping[str, Any]) -> Amending:
    return Amending(
        form_about(EventCorrected, position) if may["fields"] else None,
        form_about(EventVoided, position) if may["voidable"] else None,
    )


def form_about(model: type[EventType], position: int) -> str:
    """Return the address of the form of a type that is about an earlier event, such as a correction."""
    kind = VOCABULARY.of(model)
    return f"/record/{kind.name}?{kind.about_field}={position}"

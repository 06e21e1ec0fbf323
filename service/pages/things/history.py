"""The history of a thing, put together from what the graph says of it and from the events in its stream."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from events.vocabulary.types.cohorts import PairingEnded
from events.vocabulary.types.event_type import EventType
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationStarted,
)
from events.vocabulary.types.questions import QuestionClosed, QuestionReframed
from events.vocabulary.types.results import PublicationReleased, PublicationWithdrawn
from events.vocabulary.types.sessions import CommitmentSettled
from service.pages.frame.page import Answer, Visit
from service.pages.parts.present import present_data
from service.pages.record.amending.offered import Offered, variables
from service.pages.things.amendments import amendments
from service.pages.things.step import Event, Step, is_of, recorded_times

_NOTHING_OFFERED: Final = Offered()

_MOVES: Final[Mapping[str, type[EventType]]] = {
    "startedAt": IterationStarted,
    "concludedAt": IterationConcluded,
    "closedAt": QuestionClosed,
    "withdrawnAt": PublicationWithdrawn,
    "settledAt": CommitmentSettled,
    "endedAt": PairingEnded,
}
"""The types of the events at the moments of things, but for that of their creation."""

_AT_THE_END: Final = 2**63
"""The place of what has no position: after all else of the same time."""


@dataclass(frozen=True)
class HistoryFields:
    """Which fields of a thing are lists of its history, and which are moments of it."""

    lists: Sequence[str]
    moments: Sequence[str]


@dataclass(frozen=True)
class _Naming:
    """How events of a type name things in a list, its `field`. They have the `name` of the subject that does so."""

    how: str
    model: type[EventType]
    field: str
    kind: str
    name: str

    def subject(self, event: Mapping[str, Any], data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the subject as the graph gives it with a fragment such as `NamedQuestion`."""
        return {
            "__typename": self.kind.capitalize(),
            "stream": f"{self.kind}/{data[self.kind]}",
            "time": event["time"],
            "timePrecision": event["timePrecision"],
            self.name: data[self.name],
        }


_NAMINGS: Final = (
    _Naming("reworded", QuestionReframed, "because_of", "question", "text"),
    _Naming("inspired", IterationPlanned, "inspired_by", "iteration", "title"),
    _Naming("cited", PublicationReleased, "cites", "publication", "title"),
)


def steps(
    thing: Mapping[str, Any],
    events: Sequence[Event],
    fields: HistoryFields,
    offered: Offered = _NOTHING_OFFERED,
) -> list[Step]:
    """Return what happened to a thing, in the order of time."""
    rows = [(name, row) for name in fields.lists for row in thing[name]["nodes"]]
    found = [
        Step(name, row["time"], row["timePrecision"], row["position"], row) for name, row in rows
    ]
    found += _moments(thing, fields.moments, events)
    kept = [thing, *(row for _, row in rows), *thing["notes"]["nodes"]]
    corrections = (one for row in kept for one in row.get("corrections", ()))
    found += amendments(thing["stream"], thing["position"], corrections, events, offered)
    recorded = recorded_times(events)
    whole = (
        replace(step, amending=offered.of(step.position), recorded=recorded.get(step.position))
        for step in found
    )
    return sorted(whole, key=lambda step: step.place)


def made_by(thing: Mapping[str, Any], events: Iterable[Event]) -> list[Event]:
    """Return those of the events that made a thing, or amended one that did."""
    positions = set(_positions(thing))
    return [
        event
        for event in events
        if event["position"] in positions or event["subject"] == thing["stream"]
    ]


def actors_in(thing: Any, events: Iterable[Event]) -> Iterator[str]:
    """Yield who acted in what a thing's history says somebody did."""
    for one in (*_walked(thing), *events):
        if one.get("actor") is not None:
            yield one["actor"]


def amended(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the query for what the visitor may amend; None if there is no thing, or nothing."""
    thing = answer["thing"]
    if thing is None:
        return None
    events = made_by(thing, answer["events"]["nodes"])
    return variables(events, actors_in(thing, events), visit)


def first_wording(
    thing: Mapping[str, Any], events: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return the data of the event that created a thing, as far as the graph gives it; empty if it does not."""
    return next((one["data"] for one in events if one["position"] == thing["position"]), {})


def named_by(
    stream: str, events: Sequence[Mapping[str, Any]]
) -> Mapping[str, list[Mapping[str, Any]]]:
    """Return what names a thing in a list, as subjects by how they do: questions `reworded` because of it, trials that
    it `inspired` and publications by which it is `cited`. The graph has no lists of them for every kind.
    """
    found: dict[str, list[Mapping[str, Any]]] = {one.how: [] for one in _NAMINGS}
    for event in events:
        data = present_data(event["data"], event["corrections"])
        for naming in _NAMINGS:
            names = is_of(event, naming.model) and stream in data.get(naming.field, ())
            if names and event["voidedBy"] is None:
                found[naming.how].append(naming.subject(event, data))
    return found


def _moments(
    thing: Mapping[str, Any], names: Iterable[str], events: Sequence[Event]
) -> Iterator[Step]:
    for name in names:
        if thing[name] is None:
            continue
        if name == "time":
            yield Step(name, thing[name], thing["timePrecision"], thing["position"], thing)
            continue
        event = _moving(thing, _MOVES[name], events)
        precision, position = (
            (None, _AT_THE_END) if event is None else (event["timePrecision"], event["position"])
        )
        yield Step(name, thing[name], precision, position, thing)


def _moving(
    thing: Mapping[str, Any], model: type[EventType], events: Iterable[Event]
) -> Event | None:
    """Return the event that moved a thing, None if it was not read, as when the close of a cohort ended a pairing."""
    found = (
        event
        for event in events
        if is_of(event, model) and event["subject"] == thing["stream"] and event["voidedBy"] is None
    )
    return next(found, None)


def _positions(found: Any) -> Iterator[int]:
    """Yield the positions of all rows that an answer has of a thing."""
    for one in _walked(found):
        if isinstance(one.get("position"), int):
            yield one["position"]


def _walked(found: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in an answer."""
    if isinstance(found, Mapping):
        yield found
    inside = found.values() if isinstance(found, Mapping) else found
    for value in inside:
        if isinstance(value, Mapping | list):
            yield from _walked(value)

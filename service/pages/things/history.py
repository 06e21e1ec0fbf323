"""The history of a thing, put together from what the graph says of it and from the events in its stream."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.event_type import EventType
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.questions import QuestionReframed
from events.vocabulary.types.record import EventVoided, VisibilityChanged
from events.vocabulary.types.results import PublicationReleased

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


@dataclass(frozen=True)
class Step:
    """Something that happened to a thing: what (the name of a list or a moment, or a word of this module), when, and
    the row that says more.
    """

    what: str
    time: str
    precision: str | None
    position: int
    row: Mapping[str, Any]

    @property
    def place(self) -> tuple[datetime, int]:
        """Its place among the others: by time, then as recorded."""
        return datetime.fromisoformat(self.time), self.position


def steps(
    thing: Mapping[str, Any], events: Sequence[Mapping[str, Any]], fields: HistoryFields
) -> list[Step]:
    """Return what happened to a thing, in the order of time."""
    rows = [(name, row) for name in fields.lists for row in thing[name]["nodes"]]
    found = [
        Step(name, row["time"], row["timePrecision"], row["position"], row) for name, row in rows
    ]
    found += _moments(thing, fields.moments)
    kept = [thing, *(row for _, row in rows), *thing["notes"]["nodes"]]
    found += _corrections(one for row in kept for one in row.get("corrections", ()))
    found += _changes(thing["stream"], events)
    return sorted(found, key=lambda step: step.place)


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
        changes = {one["field"]: one["after"] for one in event["corrections"]}
        data = {**event["data"], **changes}
        for naming in _NAMINGS:
            names = _is(event, naming.model) and stream in data.get(naming.field, ())
            if names and event["voidedBy"] is None:
                found[naming.how].append(naming.subject(event, data))
    return found


def _moments(thing: Mapping[str, Any], names: Iterable[str]) -> Iterator[Step]:
    for name in names:
        if thing[name] is not None:
            is_first = name == "time"
            precision = thing["timePrecision"] if is_first else None
            position = thing["position"] if is_first else _AT_THE_END
            yield Step(name, thing[name], precision, position, thing)


def _corrections(corrections: Iterable[Mapping[str, Any]]) -> Iterator[Step]:
    unique = {(one["position"], one["correctedPosition"], one["field"]): one for one in corrections}
    for one in unique.values():
        is_shown = one["before"] is not None or one["after"] is not None
        row = {
            "field": one["field"],
            "reason": one["reason"],
            "is_shown": is_shown,
            "before": _text(one["before"]),
            "after": _text(one["after"]),
        }
        yield Step("corrected", one["time"], None, one["position"], row)


def _changes(stream: str, events: Iterable[Mapping[str, Any]]) -> Iterator[Step]:
    for event in events:
        row = event["data"]
        if event["voidedBy"] is not None:
            continue
        if _is(event, VisibilityChanged) and row["of"] == stream:
            what = "visibility"
        elif _is(event, EventVoided):
            what = "voided"
        else:
            continue
        yield Step(what, event["time"], event["timePrecision"], event["position"], row)


def _is(event: Mapping[str, Any], model: type[EventType]) -> bool:
    return event["type"] in VOCABULARY.of(model).wire_names


def _text(value: Any) -> str | None:
    """Return a value of an event as a page shows it."""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return None if value is None else str(value)

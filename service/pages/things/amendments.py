"""The steps of a history that amend others: what was corrected, voided, widened and narrowed, by whom and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from events.access.policy import is_wider
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import event_position
from events.vocabulary.terms import Visibility
from events.vocabulary.types.record import EventVoided, VisibilityChanged
from service.pages.record.amending.offered import Offered
from service.pages.record.offers import offer
from service.pages.things.step import Event, Step, is_of

Correction = Mapping[str, Any]
"""A correction, as the graph gives it with the fragment `Corrected`."""


def amendments(
    stream: str,
    created: int,
    corrections: Iterable[Correction],
    events: Sequence[Event],
    offered: Offered,
) -> Iterator[Step]:
    """Yield the steps that amend a thing: one for each field of each correction, each void and each change of who
    sees it.

    `created` is the position of the event that created the thing in this `stream`.
    """
    by_position = {event["position"]: event for event in events}
    yield from _corrections(corrections, by_position, created, offered)
    yield from _voids(stream, events, offered)
    yield from _levels(stream, created, by_position, offered)


def _corrections(
    corrections: Iterable[Correction],
    events: Mapping[int, Event],
    created: int,
    offered: Offered,
) -> Iterator[Step]:
    unique = {(one["position"], one["correctedPosition"], one["field"]): one for one in corrections}
    for one in unique.values():
        corrected = one["correctedPosition"]
        row = {
            "correctedPosition": corrected,
            "field": one["field"],
            "reason": one["reason"],
            "is_shown": one["before"] is not None or one["after"] is not None,
            "before": text_of(one["before"]),
            "after": text_of(one["after"]),
            "of": _title(events.get(corrected)) if corrected != created else None,
        }
        by = _by(one, offered)
        yield Step("corrected", one["time"], None, one["position"], row, by=by)


def _voids(stream: str, events: Sequence[Event], offered: Offered) -> Iterator[Step]:
    voided = {event["voidedBy"]: event for event in events}
    for event in events:
        about = voided.get(event["position"])
        if is_of(event, EventVoided) and (about is None or _is_about(about, stream)):
            row = {"reason": event["data"]["reason"], "of": _title(about), "about": about}
            yield _step("voided", event, row, offered)


def _levels(
    stream: str, created: int, events: Mapping[int, Event], offered: Offered
) -> Iterator[Step]:
    level = _first_level(events.get(created))
    for event in events.values():
        if not is_of(event, VisibilityChanged) or event["voidedBy"] is not None:
            continue
        of, after = event["data"]["of"], Visibility(event["data"]["visibility"])
        if of == stream:
            yield _step("visibility", event, _row(level, after, None), offered)
            level = after
        elif (about := events.get(event_position(of) or 0)) and _is_about(about, stream):
            yield _step("visibility", event, _row(None, after, _title(about)), offered)


def _is_about(event: Event, stream: str) -> bool:
    """Return whether an event is about a subject. In its stream are also events of what belongs to it."""
    found = VOCABULARY.find(event["type"])
    if event["subject"] == stream or found is None:
        return bool(event["subject"] == stream)
    kind, version = found
    return stream in kind.names(kind.upcast(event["data"], version))


def _row(before: Visibility | None, after: Visibility, of: str | None) -> Mapping[str, Any]:
    """Return what a step says of a change of level; `is_wider` is None where it is not known what it was before."""
    is_known = before is not None and before is not after
    return {
        "visibility": after.value,
        "before": before.value if before is not None and is_known else None,
        "is_wider": is_wider(after, before) if before is not None and is_known else None,
        "of": of,
    }


def _first_level(event: Event | None) -> Visibility | None:
    """Return the level with which a thing was recorded, None if that event was not read."""
    found = VOCABULARY.find(event["type"]) if event is not None else None
    if event is None or found is None:
        return None
    kind, version = found
    if event["visibility"] is not None:
        return Visibility(event["visibility"].lower())
    return kind.model.default_level(event["data"], version)


def _step(what: str, event: Event, row: Mapping[str, Any], offered: Offered) -> Step:
    return Step(
        what,
        event["time"],
        event["timePrecision"],
        event["position"],
        row,
        by=_by(event, offered),
    )


def _by(row: Mapping[str, Any], offered: Offered) -> str | None:
    actor = row.get("actor")
    return None if actor is None else offered.by(actor)


def _title(event: Event | None) -> str | None:
    """Return what an event is called, in English; None if it was not read."""
    found = VOCABULARY.find(event["type"]) if event is not None else None
    return None if found is None else offer(found[0]).title


def text_of(value: Any) -> str | None:
    """Return a value of an event as a page shows it."""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return None if value is None else str(value)

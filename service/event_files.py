"""Cuts files of events into batches that can be recorded. `howcanwe record`, the client and the demo use it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import is_event_reference
from events.vocabulary.types.event_type import TYPE_PREFIX

T = TypeVar("T")

_ABOUT_EVENTS = tuple(
    f"{TYPE_PREFIX}{kind.name}." for kind in VOCABULARY.kinds if kind.about_field is not None
)
_NAMES = tuple(name.encode() for name in _ABOUT_EVENTS)


def may_be_about_an_event(text: bytes) -> bool:
    """Return whether the JSON text of an event may be that of one about another event; false for most others."""
    return any(name in text for name in _NAMES)


def _is_about_an_event(event: Any) -> bool:
    """Return whether an event is about another event."""
    if not isinstance(event, dict) or not str(event.get("type", "")).startswith(_ABOUT_EVENTS):
        return False
    data = event.get("data")
    return isinstance(data, dict) and (
        "event" in data or is_event_reference(str(data.get("of", "")))
    )


def _no_bytes(item: object) -> int:
    return 0


def batches(
    items: Iterable[T],
    events_max: int,
    *,
    event_of: Callable[[T], Any] = lambda item: item,
    bytes_max: int = 0,
    bytes_of: Callable[[T], int] = _no_bytes,
) -> Iterator[list[T]]:
    """Yield the items in batches of at most `events_max`, and of at most `bytes_max` if a batch has several.

    Events cannot refer to other events of the same request, so a batch ends before each event about another event.
    """
    batch: list[T] = []
    held = 0
    for item in items:
        size = bytes_of(item)
        is_full = len(batch) >= events_max or held + size > bytes_max
        if batch and (is_full or _is_about_an_event(event_of(item))):
            yield batch
            batch, held = [], 0
        batch.append(item)
        held += size
    if batch:
        yield batch

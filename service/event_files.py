"""Cuts files of events into batches that can be recorded. `howcanwe record` and the demo use it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import is_event_reference
from events.vocabulary.types.event_type import TYPE_PREFIX

T = TypeVar("T")

_ABOUT_EVENTS = tuple(
    f"{TYPE_PREFIX}{kind.name}." for kind in VOCABULARY.kinds if kind.about_field is not None
)


def _is_about_an_event(event: Any) -> bool:
    """Return whether an event is about another event."""
    if not isinstance(event, dict) or not str(event.get("type", "")).startswith(_ABOUT_EVENTS):
        return False
    data = event.get("data")
    return isinstance(data, dict) and (
        "event" in data or is_event_reference(str(data.get("of", "")))
    )


def batches(
    items: Iterable[T], events_max: int, *, event_of: Callable[[T], Any] = lambda item: item
) -> Iterator[list[T]]:
    """Yield the items in batches of at most `events_max`.

    Events cannot refer to other events of the same request, so a batch ends before each event about another event.
    """
    batch: list[T] = []
    for item in items:
        if batch and (len(batch) >= events_max or _is_about_an_event(event_of(item))):
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch

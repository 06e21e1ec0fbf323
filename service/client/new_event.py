"""New events: what a program gives to the client to be recorded, as the text that is sent."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeGuard
from uuid import uuid4

from pydantic_core import to_jsonable_python

from events.vocabulary.terms import TimePrecision, Visibility
from events.vocabulary.types import EventType
from events.vocabulary.values.strict_json import unmarked


def _new_id() -> str:
    return str(uuid4())


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be recorded: its data, and the attributes that its sender gives it.

    Its `id` is made with the object, so recording the same object again records nothing twice. `time` is when it
    happened; the default is now. Without a `source`, it has the client's. Attributes that are None are left to the
    server.
    """

    data: EventType
    source: str | None = None
    id: str = field(default_factory=_new_id)
    time: datetime | str = field(default_factory=_now)
    visibility: Visibility | None = None
    actor: str | None = None
    time_precision: TimePrecision | None = None
    extensions: Mapping[str, str | int | bool] = field(default_factory=dict)
    """Further attributes of CloudEvents, such as `correlationid`."""

    def content(self, source: str | None = None) -> dict[str, Any]:
        """Return the whole CloudEvent; `source` is used if it has none. Raises ValueError if neither is given."""
        source = self.source if self.source is not None else source
        if source is None:
            raise ValueError(
                "the event has no source; give one to the event, to record(), or to the client"
            )
        attributes = {
            "specversion": "1.0",
            "id": self.id,
            "source": source,
            "type": self.data.wire_name(),
            "time": time_text(self.time),
            "visibility": self.visibility,
            "actor": self.actor,
            "timeprecision": self.time_precision,
            **self.extensions,
        }
        given = self.data.model_dump(mode="json", by_alias=True, exclude_unset=True)
        data = {name: value for name, value in given.items() if value is not None}
        return {name: value for name, value in attributes.items() if value is not None} | {
            "data": data
        }


Sendable = EventType | NewEvent | Mapping[str, Any] | bytes
"""What can be recorded: the data of an event, an event, a whole CloudEvent as a mapping, or as its JSON text."""

Sendables = Sendable | Iterable[Sendable]
"""One event, or several."""


def is_one(events: Sendables) -> TypeGuard[Sendable]:
    """Return whether this is a single event, and not several."""
    return isinstance(events, EventType | NewEvent | Mapping | bytes)


def line_of(event: Sendable, source: str | None) -> bytes:
    """Return the text of an event in one line. Raises ValueError or TypeError for what cannot be written as JSON.

    Of a mapping, `specversion` and `source` are filled in; a text is sent as it is. A blank text gives an empty line.
    """
    match event:
        case bytes():
            # Between the tokens of a JSON text, a line end means no more than a blank; within them there is none.
            return unmarked(event).strip().replace(b"\r", b" ").replace(b"\n", b" ")
        case EventType():
            return json_of(NewEvent(event).content(source))
        case NewEvent():
            return json_of(event.content(source))
        case _:
            filled_in = {"specversion": "1.0", **({} if source is None else {"source": source})}
            return json_of({**filled_in, **event})


def time_text(time: datetime | str) -> str:
    """Return a time as it is sent. Raises ValueError for a datetime without a time zone."""
    if isinstance(time, str):
        return time
    if time.tzinfo is None:
        raise ValueError(f"{time} has no time zone")
    return time.isoformat()


def json_of(content: Mapping[str, Any]) -> bytes:
    """Return the JSON text of an object. Raises ValueError or TypeError for what JSON cannot say."""
    try:
        return _json(content, ascii_only=False)
    except UnicodeEncodeError:
        # UTF-8 has no lone surrogates. Escaped, one reaches the server, which says where it is.
        return _json(content, ascii_only=True)


def _json(content: Mapping[str, Any], *, ascii_only: bool) -> bytes:
    # Unlike faster libraries, this one refuses NaN and writes integers of any size.
    return json.dumps(
        content,
        allow_nan=False,
        ensure_ascii=ascii_only,
        separators=(",", ":"),
        default=_jsonable,
    ).encode()


def _jsonable(value: object) -> Any:
    return time_text(value) if isinstance(value, datetime) else to_jsonable_python(value)

"""The bodies of requests that have events, in each form."""

import json
from typing import Any, Final

from events.vocabulary.types.cohorts import NoteAdded
from service.http.openapi.component import REQUEST_BODIES, Component
from service.http.openapi.events import batch, data, event
from service.http.openapi.parameters import BINARY, IF_MATCH, PREFER
from service.http.requests.cloudevents import BATCH, JSON, LINES, STRUCTURED

_NOTE: Final = {
    "specversion": "1.0",
    "id": "example-1",
    "source": "https://minutes.example/board",
    "type": NoteAdded.wire_name(),
    "time": "2024-05-18T19:30:00Z",
    "data": {"about": "organisation/mill-museum", "text": "The trustees read the labels aloud."},
}
"""An event that the demo's log takes."""

_BEYOND: Final = (
    "Each event obeys the rules of its type (see /event-types). The request has at most so many events and bytes as the"
    " service is set to take. With ce- headers, `application/json` is the data of one event, and the headers are its"
    " attributes; without them, it is one event or an array of events."
)


def _body(name: str, content: dict[str, Any], **more: Any) -> Component:
    return Component(REQUEST_BODIES, name, {"content": content, "x-beyond-schema": _BEYOND, **more})


_LINES: Final = {
    "schema": {
        "type": "string",
        "format": "binary",
        "description": "One event per line.",
        "x-beyond-schema": "NDJSON.",
    },
    "example": f"{json.dumps(_NOTE)}\n",
}
_ONE: Final = {"schema": event, "example": _NOTE}
_MENDED: Final = {"schema": event, "example": {**_NOTE, "id": "example-2"}}

RECORDING: Final[dict[str, Any]] = {
    "requestBody": _body(
        "Events",
        {
            JSON: {
                "schema": {"anyOf": [event, batch, data]},
                "example": _NOTE,
            },
            STRUCTURED: _ONE,
            BATCH: {"schema": batch, "example": [_NOTE]},
            **dict.fromkeys(LINES, _LINES),
        },
        required=True,
    ),
    "parameters": [IF_MATCH, PREFER, *BINARY],
}

MENDING: Final[dict[str, Any]] = {
    "requestBody": _body(
        "CorrectedEvent",
        {STRUCTURED: _MENDED, JSON: _MENDED},
        description="The corrected event. Without a body, the event is retried as it was sent.",
        required=False,
    ),
}

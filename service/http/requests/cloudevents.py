"""CloudEvents over HTTP: structured, binary and batch mode, and NDJSON; from a body to the events in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, Final, assert_never
from urllib.parse import unquote

from starlette.datastructures import Headers

from events.recording.envelope import Malformed
from events.vocabulary.faults import Fault
from events.vocabulary.strict_json import JsonError, elements, parse, unmarked
from service.problems import Problem, malformed, problem

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
NDJSON: Final = "application/x-ndjson"
JSON: Final = "application/json"
LINES: Final = (NDJSON, "application/ndjson", "application/jsonl")
"""The names of NDJSON: it has none that is registered."""
ACCEPTED: Final = (STRUCTURED, BATCH, *LINES, JSON)
"""The media types that events come in."""

_PREFIX: Final = "ce-"
_SPECVERSION: Final = "ce-specversion"
_BEFORE_JSON: Final = b"\xef\xbb\xbf \t\r\n"
_DECODED: Final = "values of headers are percent-decoded: send a percent as %25"
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Unparsable:
    """An event of a request that is not JSON."""

    def __init__(self, detail: str) -> None:
        self.fault = Fault("json", "", detail)


class Binary(dict[str, Any]):
    """An event of a binary request. `decoded` are the attributes whose headers had percents."""

    decoded: frozenset[str] = frozenset()

    def explained(self, malformed: Malformed) -> Malformed:
        """Return what is wrong with the event, with a word on percents where they may be the cause."""
        pointers = {f"/{name}" for name in self.decoded}
        faults = [
            replace(fault, detail=f"{fault.detail} ({_DECODED})")
            if fault.pointer in pointers
            else fault
            for fault in malformed.faults
        ]
        return Malformed(faults, malformed.creates, malformed.raw)


class ContentMode(Enum):
    """The ways in which a request carries events."""

    LINES = "lines"
    BATCH = "batch"
    STRUCTURED = "structured"
    BINARY = "binary"


def media_type(headers: Mapping[str, str]) -> str:
    """Return the media type in lower case, without parameters; JSON where only the attributes of an event are given."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    return JSON if not media and _SPECVERSION in headers else media


def is_json(media: str) -> bool:
    """Say whether a media type is one of JSON."""
    kind, _, subtype = media.partition("/")
    return kind in ("application", "text") and (subtype == "json" or subtype.endswith("+json"))


def mode_of(headers: Headers, body: bytes) -> ContentMode:
    """Return how a request carries events: JSON without any attribute in headers is an event as a whole, or several.

    Raises Problem (415).
    """
    media = media_type(headers)
    if media in LINES:
        return ContentMode.LINES
    if media == BATCH:
        return ContentMode.BATCH
    if media == STRUCTURED:
        return ContentMode.STRUCTURED
    if not is_json(media):
        raise _not_of_events()
    if any(header.startswith(_PREFIX) for header in headers):
        return ContentMode.BINARY
    return (
        ContentMode.BATCH if body.lstrip(_BEFORE_JSON).startswith(b"[") else ContentMode.STRUCTURED
    )


def _not_of_events() -> Problem:
    accepted = ", ".join(ACCEPTED)
    return problem(415, "media_type", f"one of: {accepted}", headers={"Accept-Post": accepted})


def events_in(headers: Headers, body: bytes, events_max: int) -> list[Any]:
    """Return the events of a request, each parsed (or `Unparsable`, a line of NDJSON).

    Raises Problem: 415 for another media type, 400 for what is not JSON, 413 for more than `events_max` events.
    """
    match mode_of(headers, body):
        case ContentMode.LINES:
            lines = _lines(body)
            _bounded(len(lines), events_max)
            return [_line(line) for line in lines]
        case ContentMode.BATCH:
            events = _parsed(body)
            if not isinstance(events, list):
                raise malformed("a JSON array of events", "json")
            _bounded(len(events), events_max)
            return events
        case ContentMode.STRUCTURED:
            return [_parsed(body)]
        case ContentMode.BINARY:
            return [_binary(headers, body)]
        case mode:
            assert_never(mode)


def texts_in(headers: Headers, body: bytes) -> list[str]:
    """Return the text of each event of a request that `events_in` has read: what was sent, to the character."""
    match mode_of(headers, body):
        case ContentMode.LINES:
            return [unmarked(line).decode(errors="replace") for line in _lines(body)]
        case ContentMode.BATCH:
            return elements(body)
        case ContentMode.STRUCTURED:
            return [unmarked(body).decode()]
        case ContentMode.BINARY:
            attributes = json.dumps(_attributes(headers))
            return [f'{attributes.removesuffix("}")}, "data": {unmarked(body).decode()}}}']
        case mode:
            assert_never(mode)


def _lines(body: bytes) -> list[bytes]:
    return [line for line in body.split(b"\n") if unmarked(line).strip()]


def _bounded(count: int, events_max: int) -> None:
    if count > events_max:
        raise problem(413, "batch.too_large", f"at most {events_max} events in a request")


def _parsed(body: bytes) -> Any:
    try:
        return parse(body)
    except JsonError as error:
        raise malformed(str(error), "json") from None


def _line(line: bytes) -> Any:
    try:
        return parse(line)
    except JsonError as error:
        return Unparsable(str(error))


def _binary(headers: Headers, body: bytes) -> Binary:
    """Return the event of a binary request: attributes from `ce-` headers, data from the body."""
    event = _attributes(headers)
    event["data"] = _parsed(body)
    return event


def _attributes(headers: Headers) -> Binary:
    event = Binary()
    decoded = []
    for header, value in headers.items():
        if not header.startswith(_PREFIX):
            continue
        name = header.removeprefix(_PREFIX)
        if name == "data":
            # It would name an attribute that CloudEvents does not have.
            raise malformed("data in the body, not in a header", "header")
        if name in event:
            raise malformed(f"one header {header}", "header")
        event[name] = _attribute(header, value)
        if "%" in value:
            decoded.append(name)
    event["datacontenttype"] = media_type(headers)
    event.decoded = frozenset(decoded)
    return event


def _attribute(header: str, value: str) -> str:
    """Return an attribute's value: double quotes are taken off (RFC 7230), then percents decoded, once.

    Blanks around a header's value are no part of it (RFC 9110, 5.5).
    """
    value = value.strip(" \t")
    quoted = _QUOTED.fullmatch(value)
    if quoted is not None:
        value = re.sub(r"\\(.)", r"\1", quoted.group(1))
    try:
        return unquote(value.encode("ascii").decode(), errors="strict")
    except UnicodeError:
        raise malformed(
            f"{header}: ASCII, other characters as UTF-8 in percents", "header"
        ) from None

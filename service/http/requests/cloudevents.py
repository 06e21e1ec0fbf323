"""CloudEvents over HTTP: reads the events of a body in structured, binary or batch mode, or as NDJSON."""

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
from events.vocabulary.values.strict_json import JsonError, elements, parse, unmarked
from service.problems import Problem, malformed, problem

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
NDJSON: Final = "application/x-ndjson"
JSON: Final = "application/json"
LINES: Final = (NDJSON, "application/ndjson", "application/jsonl")
"""The media types in use for NDJSON; none is registered."""
ACCEPTED: Final = (STRUCTURED, BATCH, *LINES, JSON)
"""The media types in which events are accepted."""

_PREFIX: Final = "ce-"
_SPECVERSION: Final = "ce-specversion"
_BEFORE_JSON: Final = b"\xef\xbb\xbf \t\r\n"
_DECODED: Final = "values of headers are percent-decoded; send a percent sign as %25"
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Unparsable:
    """An event of a request whose text is not JSON."""

    def __init__(self, detail: str) -> None:
        self.fault = Fault("json", "", detail)


class Binary(dict[str, Any]):
    """An event in binary mode. `decoded` names the attributes whose headers contained percent signs."""

    decoded: frozenset[str] = frozenset()

    def explained(self, malformed: Malformed) -> Malformed:
        """Return the faults of the event, with a note where percent-decoding may be the cause."""
        pointers = {f"/{name}" for name in self.decoded}
        faults = [
            replace(fault, detail=f"{fault.detail.removesuffix('.')} ({_DECODED}).")
            if fault.pointer in pointers
            else fault
            for fault in malformed.faults
        ]
        return Malformed(faults, malformed.creates, malformed.raw)


class ContentMode(Enum):
    """How a request carries events."""

    LINES = "lines"
    BATCH = "batch"
    STRUCTURED = "structured"
    BINARY = "binary"


def media_type(headers: Mapping[str, str]) -> str:
    """Return the media type in lower case, without parameters; JSON if there are `ce-` headers but no media type."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    return JSON if not media and _SPECVERSION in headers else media


def is_json(media: str) -> bool:
    """Return whether a media type is JSON."""
    kind, _, subtype = media.partition("/")
    return kind in ("application", "text") and (subtype == "json" or subtype.endswith("+json"))


def mode_of(headers: Headers, body: bytes) -> ContentMode:
    """Return the content mode of a request. JSON without `ce-` headers is a whole event, or an array of events.

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
    detail = "The media type of the body is not one of events"
    return problem(
        415,
        "media_type",
        detail,
        expected=f"one of: {accepted}",
        headers={"Accept-Post": accepted},
    )


def events_in(headers: Headers, body: bytes, events_max: int) -> list[Any]:
    """Return the parsed events of a request; a line of NDJSON that is not JSON becomes `Unparsable`.

    Raises Problem: 415 for another media type, 400 if the body is not JSON, 413 for more than `events_max` events.
    """
    match mode_of(headers, body):
        case ContentMode.LINES:
            lines = _lines(body)
            _bounded(len(lines), events_max)
            return [_line(line) for line in lines]
        case ContentMode.BATCH:
            events = _parsed(body)
            if not isinstance(events, list):
                raise malformed(
                    "The body is not an array", "json", expected="a JSON array of events"
                )
            _bounded(len(events), events_max)
            return events
        case ContentMode.STRUCTURED:
            return [_parsed(body)]
        case ContentMode.BINARY:
            return [_binary(headers, body)]
        case mode:
            assert_never(mode)


def texts_in(headers: Headers, body: bytes) -> list[str]:
    """Return the exact text of each event of a request that `events_in` has read."""
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
        expected = f"at most {events_max} events in a request"
        detail = f"The request has {count} events"
        raise problem(413, "batch.too_large", detail, expected=expected)


def _parsed(body: bytes) -> Any:
    try:
        return parse(body)
    except JsonError as error:
        raise malformed(str(error), "json") from None


def _line(line: bytes) -> Any:
    try:
        return parse(line)
    except JsonError as error:
        return Unparsable(f"{error}.")


def _binary(headers: Headers, body: bytes) -> Binary:
    """Return the event of a request in binary mode: attributes from `ce-` headers, data from the body."""
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
            # CloudEvents has no attribute of this name.
            expected = "data in the body, not in a header"
            raise malformed("The request has a header ce-data", "header", expected=expected)
        if name in event:
            expected = f"one header {header}"
            raise malformed(
                f"The request has several headers {header}", "header", expected=expected
            )
        event[name] = _attribute(header, value)
        if "%" in value:
            decoded.append(name)
    event["datacontenttype"] = media_type(headers)
    event.decoded = frozenset(decoded)
    return event


def _attribute(header: str, value: str) -> str:
    """Return an attribute's value: double quotes are removed (RFC 7230), then percent signs are decoded once.

    Blanks around a header's value are not part of it (RFC 9110, 5.5).
    """
    value = value.strip(" \t")
    quoted = _QUOTED.fullmatch(value)
    if quoted is not None:
        value = re.sub(r"\\(.)", r"\1", quoted.group(1))
    try:
        return unquote(value.encode("ascii").decode(), errors="strict")
    except UnicodeError:
        raise malformed(
            f"The value of the header {header} cannot be decoded",
            "header",
            expected=f"{header}: ASCII, other characters as percent-encoded UTF-8",
        ) from None

"""CloudEvents over HTTP: structured, binary and batch mode, and NDJSON; from a body to the events in it."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from starlette.datastructures import Headers

from events.faults import Fault
from events.json_text import JsonError, elements, parse, unmarked
from service.problems import Problem, malformed

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
NDJSON: Final = "application/x-ndjson"

_PREFIX: Final = "ce-"
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Unparsable:
    """An event of a request that is not JSON."""

    def __init__(self, detail: str) -> None:
        self.fault = Fault("json", "", detail)


def media_type(headers: Mapping[str, str]) -> str:
    """Return the request's media type in lower case, without parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Say whether a media type is one of JSON."""
    kind, _, subtype = media.partition("/")
    return kind in ("application", "text") and (subtype == "json" or subtype.endswith("+json"))


def events_in(headers: Headers, body: bytes, events_max: int) -> list[Any]:
    """Return the events of a request, each parsed (or `Unparsable`, a line of NDJSON).

    Raises Problem: 415 for another media type, 400 for what is not JSON, 413 for more than `events_max` events.
    """
    media = media_type(headers)
    if media == NDJSON:
        lines = _lines(body)
        _bounded(len(lines), events_max)
        return [_line(line) for line in lines]
    if media == BATCH:
        events = _parsed(body)
        if not isinstance(events, list):
            raise malformed("a JSON array of events", "json")
        _bounded(len(events), events_max)
        return events
    if media == STRUCTURED:
        return [_parsed(body)]
    if is_json(media):
        return [_binary(headers, media, body)]
    accepted = (
        f"{STRUCTURED}, {BATCH}, {NDJSON}, or application/json with the attributes in ce- headers"
    )
    raise Problem(
        415,
        f"one of: {accepted}",
        (Fault("media_type", "", accepted, None),),
        {"Accept-Post": f"{STRUCTURED}, {BATCH}, {NDJSON}, application/json"},
    )


def texts_in(headers: Headers, body: bytes) -> list[str]:
    """Return the text of each event of a request that `events_in` has read: what was sent, to the character."""
    media = media_type(headers)
    if media == NDJSON:
        return [unmarked(line).decode(errors="replace") for line in _lines(body)]
    if media == BATCH:
        return elements(body)
    if media == STRUCTURED:
        return [unmarked(body).decode()]
    attributes = json.dumps(_attributes(headers, media))
    return [f'{attributes.removesuffix("}")}, "data": {unmarked(body).decode()}}}']


def _lines(body: bytes) -> list[bytes]:
    return [line for line in body.split(b"\n") if unmarked(line).strip()]


def _bounded(count: int, events_max: int) -> None:
    if count > events_max:
        detail = f"at most {events_max} events in a request"
        raise Problem(413, detail, (Fault("batch.too_large", "", detail, None),))


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


def _binary(headers: Headers, media: str, body: bytes) -> dict[str, Any]:
    """Return the event of a binary request: attributes from `ce-` headers, data from the body."""
    return {**_attributes(headers, media), "data": _parsed(body)}


def _attributes(headers: Headers, media: str) -> dict[str, Any]:
    event: dict[str, Any] = {}
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
    event["datacontenttype"] = media
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

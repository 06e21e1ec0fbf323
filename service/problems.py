"""Refusals, as RFC 9457 problem details. The only module that turns errors into HTTP.

A problem's `detail` says what is wrong; the `detail` of each entry of `errors` says what was expected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from starlette.responses import Response

from events.recording.recorder import Unstorable
from events.recording.vault import WrongMasterKey
from events.store.connections import OutcomeUnknown, Unavailable
from events.store.replica import NotAReplica
from events.vocabulary.faults import Fault, Refused
from service.access.open_connections import TooMany
from service.errors import NoSuchWebhook, TooManyTrials

MEDIA_TYPE: Final = "application/problem+json"

# A request's status is the first of these that one of its faults has.
_STATUS_OF_RULE: Final = {
    "json": 400,
    "request": 400,
    "stream.version": 412,
    "event.conflict": 409,
    "sender.not_allowed": 403,
}
_UNPROCESSABLE: Final = 422

TITLES: Final = {
    400: ("malformed", "The request could not be read"),
    401: ("key-required", "A valid key is required"),
    403: ("not-allowed", "This key may not do this"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "The method is not allowed here"),
    406: ("not-acceptable", "None of the accepted media types can be served"),
    408: ("late", "The request did not arrive in time"),
    409: ("conflict", "The request contradicts the record"),
    412: ("stream-version", "A stream is not at the expected version"),
    413: ("too-large", "The request is too large"),
    415: ("media-type", "The media type is not supported"),
    422: ("refused", "The events were refused"),
    429: ("too-many", "Too many requests; try again later"),
    431: ("headers-too-large", "The request's headers are too large"),
    500: ("internal", "Internal error"),
    501: ("not-installed", "A part of the service that this needs is not installed"),
    503: ("unavailable", "The service cannot answer at present; try again"),
    507: ("answer-too-large", "The answer is larger than the service makes it"),
    505: ("http-version", "This version of HTTP is not supported"),
}
"""The last part of each status's `type`, and its title."""


@dataclass(slots=True)
class Problem(Exception):
    """A refusal as it is raised: everything that is wrong with the request."""

    status: int
    detail: str
    faults: tuple[Fault, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    """Additional members of the JSON object."""
    refused: str | None = None
    """What was refused (status 422), if not events."""

    def body(self) -> dict[str, Any]:
        """Return the problem's JSON object."""
        slug, title = TITLES[self.status]
        if self.refused is not None and self.status == _UNPROCESSABLE:
            slug, title = f"{self.refused}-refused", f"The {self.refused} was refused"
        return {
            "type": f"urn:howcanwe:problem:{slug}",
            "title": title,
            "status": self.status,
            "detail": self.detail,
            "errors": [as_json(fault) for fault in self.faults],
            **self.more,
        }

    def response(self) -> Response:
        """Return the problem as a response."""
        return Response(
            orjson.dumps(self.body()),
            self.status,
            headers=dict(self.headers),
            media_type=MEDIA_TYPE,
        )


def as_json(fault: Fault) -> dict[str, Any]:
    """Return a fault as an entry of a problem's `errors`."""
    return {
        "index": fault.index,
        "pointer": fault.pointer,
        "rule": fault.rule,
        "detail": fault.detail,
    }


def status_of(faults: Iterable[Fault]) -> int:
    """Return the status of a request with these faults: the first of 400, 412, 409, 403 and 422 that applies."""
    statuses = {_STATUS_OF_RULE.get(fault.rule, _UNPROCESSABLE) for fault in faults}
    return next(
        (status for status in (*_STATUS_OF_RULE.values(), _UNPROCESSABLE) if status in statuses),
        _UNPROCESSABLE,
    )


def problem(
    status: int,
    rule: str,
    detail: str,
    *,
    expected: str | None = None,
    pointer: str = "",
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
    refused: str | None = None,
) -> Problem:
    """Return a problem with a single fault: `detail` says what is wrong, `expected` what was expected."""
    sentence = detail if detail.endswith((".", "?")) else f"{detail}."
    if expected is not None:
        sentence += f" Expected {expected}."
    fault = Fault(rule, pointer, sentence, None)
    return Problem(status, detail, (fault,), headers or {}, more or {}, refused)


def malformed(detail: str, rule: str = "request", *, expected: str | None = None) -> Problem:
    """Return the problem of a request that cannot be read."""
    return problem(400, rule, detail, expected=expected)


def refusal(
    faults: Iterable[Fault], detail: str | None = None, *, refused: str | None = None
) -> Problem:
    """Return the problem with these faults."""
    faults = tuple(faults)
    count = len(faults)
    counted = f"The request has {count} {'fault' if count == 1 else 'faults'}; see errors"
    return Problem(status_of(faults), detail or counted, faults, refused=refused)


def problem_of(error: Exception, retry_after_seconds: int) -> Problem | None:
    """Return an error as a problem, or None for an unexpected error."""
    again = {"Retry-After": str(retry_after_seconds)}
    same = "the same request again"
    match error:
        case Problem():
            return error
        case Refused():
            return refusal(error.faults)
        case OutcomeUnknown():
            detail = "It is unknown whether the events were recorded; send the same ids again to find out"
            return problem(503, "commit.unknown", detail, expected=same, headers=again)
        case NotAReplica():
            detail = "The replica is not one of this database, so nothing is read from it; see /health/ready"
            return problem(503, "replica.foreign", detail, expected=same, headers=again)
        case Unavailable():
            rule = f"database.{error.trouble.name.lower() if error.trouble else 'away'}"
            detail = f"{error.summary.capitalize()}; nothing was recorded"
            return problem(503, rule, detail, expected=same, headers=again)
        case NoSuchWebhook():
            expected = "the id of a webhook of this key"
            return problem(404, "webhook.unknown", str(error), expected=expected)
        case TooManyTrials():
            expected = f"at most {error.trials_max} tests at once"
            return problem(429, "webhooks.tests", str(error), expected=expected, headers=again)
        case TooMany():
            detail = "Too many live streams are open"
            expected = f"at most {error.connections_max} live streams at once"
            return problem(429, "streams.too_many", detail, expected=expected, headers=again)
        case WrongMasterKey():
            return problem(503, "master_key.wrong", str(error), headers=again)
        case Unstorable():
            return problem(422, "field", str(error))
        case _:
            return None

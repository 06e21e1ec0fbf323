"""The errors of the client. No message has a key in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from events.lines.recorded import Receipt
from events.vocabulary.faults import Fault
from service.client.new_event import Sendable
from service.errors import ServiceError


class ClientError(ServiceError):
    """The base class of the client's errors."""


class Problem(ClientError):
    """The server refused the request. The message names every fault.

    `status` is HTTP's, `faults` are all faults of the request; the index of a fault is that of the event among those
    that were given to `record`. `receipts` are those of earlier requests of the same call: their events are recorded.
    `body` is the whole problem (RFC 9457).
    """

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Sequence[Fault] = (),
        *,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.body = body or {}
        self.receipts: tuple[Receipt, ...] = ()
        super().__init__(status, detail)

    def __str__(self) -> str:
        lines = [f"the server answered {self.status}: {self.detail}"]
        lines += [f"  {sentence(fault)}" for fault in self.faults]
        if self.receipts:
            lines.append(f"  (events of earlier requests that are recorded: {len(self.receipts)})")
        return "\n".join(lines)

    @property
    def rules(self) -> frozenset[str]:
        """The rules that are broken."""
        return frozenset(fault.rule for fault in self.faults)


class Unreachable(ClientError):
    """There was no answer in time, however often the request was sent.

    `unconfirmed` are the events of the request: whether they are recorded is unknown. Record them again: they have the
    same ids and so are recorded once. `receipts` are those of earlier requests of the same call.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.unconfirmed: tuple[Sendable, ...] = ()
        self.receipts: tuple[Receipt, ...] = ()
        super().__init__(reason)

    def __str__(self) -> str:
        if not self.unconfirmed:
            return self.reason
        return f"{self.reason}; it is unknown whether the events of the request are recorded: {len(self.unconfirmed)}"


class QueryFailed(ClientError):
    """A GraphQL query has errors. `errors` are all of them, `data` is what was answered beside them."""

    def __init__(
        self, errors: Sequence[Mapping[str, Any]], data: Mapping[str, Any] | None = None
    ) -> None:
        self.errors = tuple(errors)
        self.data = data
        super().__init__("\n  ".join(["the query has errors:", *map(_message, self.errors)]))


def sentence(fault: Fault) -> str:
    """Return a fault as a line of a message."""
    event = "" if fault.index is None else f"event {fault.index} "
    where = f"at {fault.pointer}" if fault.pointer else ""
    place = f"{event}{where}".strip()
    return f"{place}{': ' if place else ''}{fault.detail} ({fault.rule})"


def _message(error: Mapping[str, Any]) -> str:
    path = "/".join(str(part) for part in error.get("path") or ())
    code = (error.get("extensions") or {}).get("code")
    where = f" at {path}" if path else ""
    return f"{error.get('message')}{where}{f' ({code})' if code else ''}"

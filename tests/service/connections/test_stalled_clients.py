"""Clients that read slowly, and those that read nothing, by a clock that is moved by hand."""

import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from service.connections.stalled_clients import Stalling


class Client:
    """A connection with so many bytes waiting for its client, and the timers that are running."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.waiting_bytes = 1_000
        self.is_dropped = False
        self.timers: list[Callable[[], None]] = []
        self.protocol: Any = cast("Any", Stalling.__new__(Stalling))
        self.protocol.settings = SimpleNamespace(stalled_seconds=30.0)
        self.protocol.loop = self
        self.protocol.transport = self

    # What the protocol asks of its loop and its transport.

    def call_later(self, seconds: float, look: Callable[[int], None], waiting: int) -> Any:
        def due() -> None:
            look(waiting)

        self.timers.append(due)
        return SimpleNamespace(cancel=lambda: self.timers.remove(due))

    def get_write_buffer_size(self) -> int:
        return self.waiting_bytes

    def get_extra_info(self, name: str) -> Any:
        return self.socket

    def abort(self) -> None:
        self.is_dropped = True

    def pass_time(self) -> None:
        """Let the time pass after which the protocol looks."""
        [due] = self.timers
        self.timers.clear()
        due()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A client whose buffers have just become full."""
    protocol = Stalling.__mro__[1]
    for name in ("pause_writing", "resume_writing"):
        monkeypatch.setattr(protocol, name, lambda self: None)
    with socket.socket() as connection:
        made = Client(connection)
        made.protocol.pause_writing()
        yield made


def test_a_client_that_reads_a_little_is_waited_for(client: Client) -> None:
    for _ in range(3):
        client.waiting_bytes -= 1
        client.pass_time()
        assert not client.is_dropped
    client.pass_time()
    assert client.is_dropped


def test_a_client_that_has_read_enough_to_be_sent_more_is_not_looked_at(client: Client) -> None:
    client.protocol.resume_writing()
    assert client.timers == []

"""What the serving process says of a port that it cannot have, and of errors that no request has caused."""

import asyncio
import socket
from collections.abc import Callable

import asyncpg
import pytest
import structlog

from service.errors import CannotServe
from service.server import bound_socket, report_loop_error


def raised(error: Exception) -> list[dict[str, object]]:
    """Return what is logged of a future that failed and was never asked."""
    with structlog.testing.capture_logs() as lines:
        loop = asyncio.new_event_loop()
        try:
            loop.set_exception_handler(report_loop_error)
            loop.call_exception_handler({"message": "never retrieved", "exception": error})
        finally:
            loop.close()
    return [dict(line) for line in lines]


@pytest.mark.parametrize(
    "made", [asyncpg.ConnectionDoesNotExistError, lambda: asyncpg.InterfaceError("closed")]
)
def test_a_connection_that_died_is_reported_plainly(made: Callable[[], Exception]) -> None:
    [line] = raised(made())
    assert line["log_level"] == "info"
    assert line["trouble"] == type(made()).__name__


def test_anything_else_is_reported_as_the_error_that_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert raised(ValueError("odd")) == []
    [record] = caplog.records
    assert record.levelname == "ERROR"
    assert record.exc_info is not None and isinstance(record.exc_info[1], ValueError)


def test_a_taken_port_is_reported_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotServe, match=rf"^port {port} on 127.0.0.1 .*in use; .* --port$"):
            bound_socket("127.0.0.1", port)

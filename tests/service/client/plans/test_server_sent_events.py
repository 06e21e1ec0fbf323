"""Server-sent events, however they are cut into pieces."""

import pytest

from service.client.plans.server_sent_events import EventParser, ServerSentEvent

STREAM = (
    ": nothing new\n\n"
    'id: 7\ndata: {"text":"Größe \u2028"}\n\n'
    'event: caught-up\r\nid: 9\r\ndata:{"position":9}\r\n\r\n'
    "data: one\ndata: two\n\n"
    "id: 10\n\n"
    "data: never ended"
).encode()
EXPECTED = [
    ServerSentEvent("", '{"text":"Größe \u2028"}'.encode(), "7"),
    ServerSentEvent("caught-up", b'{"position":9}', "9"),
    ServerSentEvent("", b"one\ntwo", "9"),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 1_000])
def test_events_are_put_together_from_pieces(size: int) -> None:
    parser = EventParser()
    pieces = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]
    assert [event for piece in pieces for event in parser.feed(piece)] == EXPECTED

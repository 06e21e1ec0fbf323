"""The plan that follows a log: the events so far, then each new one, over connections that may break."""

from typing import Final

from service.client.errors import Problem, Unreachable
from service.client.plans.answers import problem
from service.client.plans.reading import Chosen
from service.client.plans.retries import Attempts, answered
from service.client.plans.server_sent_events import EventParser
from service.client.plans.setup import Setup
from service.client.plans.steps import Call, Found, Lost, Read, Series
from service.replay.event import ReplayedEvent, decoded

MEDIA_TYPE: Final = "text/event-stream"


def follow(setup: Setup, chosen: Chosen, after: int) -> Series[ReplayedEvent]:
    """Find the events after a position, then each new one, without end.

    When the connection ends or breaks, it is made again, and continues after the last event. Raises Unreachable if that
    does not succeed in time, and Problem, for example when the key has been revoked.
    """
    attempts = Attempts(setup.retries)
    position = str(after)
    while True:
        headers = {"Accept": MEDIA_TYPE, "Last-Event-ID": position}
        call = Call("GET", "/events", chosen.query(after), headers, is_open=True)
        answer = yield from answered(call, setup.retries, attempts)
        if answer.status != 200:
            raise problem(answer)
        if not answer.headers.get("content-type", "").startswith(MEDIA_TYPE):
            raise Problem(answer.status, "the answer is not a live stream; is the address right?")
        parser = EventParser()
        while isinstance(piece := (yield Read()), bytes):
            attempts.begin()
            for event in parser.feed(piece):
                # Without an event that the filter lets pass, the position of `caught-up` still moves.
                position = event.id or position
                if event.name in ("", "message"):
                    for found in decoded(event.data + b"\n"):
                        yield Found(found)
        lost = piece if isinstance(piece, Lost) else Lost("the server ended the live stream")
        attempts.sent()
        pause = attempts.wait(lost)
        if pause is None:
            raise Unreachable(lost.reason)
        yield pause

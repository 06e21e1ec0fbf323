"""The pauses before a failed delivery is tried again: the schedule's, or longer ones that the receiver asks for."""

from datetime import timedelta

import pytest

from service.webhooks.schedule import DELAYS, delay_after
from tests.service.app import Api
from tests.service.webhooks.delivering import Clock, deliverer, hooked, reached, running
from tests.service.webhooks.receiver import OK, receiving, status

HOUR = 3_600


@pytest.mark.parametrize(
    ("failures", "asked_seconds", "seconds"),
    [
        pytest.param(1, 0, 5, id="nothing asked"),
        pytest.param(1, 60, 60, id="longer"),
        pytest.param(3, 60, 1_800, id="shorter"),
        pytest.param(1, float("inf"), 24 * HOUR, id="for ever"),
        pytest.param(len(DELAYS), 100 * HOUR, 24 * HOUR, id="longer than the longest"),
    ],
)
def test_a_pause_is_as_long_as_the_receiver_asks_up_to_a_day(
    failures: int, asked_seconds: float, seconds: float
) -> None:
    assert delay_after(failures, lambda: 0, asked_seconds) == timedelta(seconds=seconds)
    assert delay_after(failures, lambda: 1, asked_seconds) == timedelta(seconds=1.2 * seconds)


def test_nobody_gets_more_attempts_by_asking_for_longer_pauses() -> None:
    assert delay_after(len(DELAYS) + 1, lambda: 0, HOUR) is None


async def test_a_busy_receiver_is_left_alone_for_as_long_as_it_asks(story: Api) -> None:
    answers = iter(
        [
            status(429, "Retry-After: 7200"),
            status(503, "retry-after: Fri, 31 Dec 9999 23:59:59 GMT"),
            status(503, "retry-after: soon"),
        ]
    )
    async with receiving(lambda received: next(answers, OK)) as receiver:
        webhook = await hooked(story, receiver, after=5)
        clock = Clock()
        async with running(deliverer(story.service, clock)):
            await reached(story, webhook, 6)
    assert receiver.positions == [6, 6, 6, 6]
    expected = [2 * HOUR, 24 * HOUR, DELAYS[2].total_seconds()]
    assert [round(seconds) for seconds in clock.pauses] == [round(1.1 * one) for one in expected]

"""Waits between attempts: growing, partly random, never shorter than the server asks, and bounded."""

from service.client.plans.retries import Attempts, Retries
from service.client.plans.steps import Answer, Lost

LOST = Lost("the connection broke")


def attempts(seconds_max: float = 1_000, random: float = 1.0, now: float = 0) -> Attempts:
    """Return the attempts of a request that was just sent, at a time that stands still."""
    retries = Retries(seconds_max, 1, 8, clock=lambda: now, random=lambda: random)
    begun = Attempts(retries)
    begun.sent()
    return begun


def waits(begun: Attempts, failure: Answer | Lost, times: int) -> list[float | None]:
    """Return the seconds before each further attempt."""
    pauses = [begun.wait(failure) for _ in range(times)]
    return [None if pause is None else pause.seconds for pause in pauses]


def test_waits_double_up_to_the_longest() -> None:
    assert waits(attempts(), LOST, 6) == [1, 2, 4, 8, 8, 8]


def test_a_client_may_try_for_days() -> None:
    assert waits(attempts(seconds_max=1e9), LOST, 2_000)[-1] == 8


def test_half_of_a_wait_is_random() -> None:
    assert waits(attempts(random=0), LOST, 3) == [0.5, 1, 2]


def test_a_wait_is_never_shorter_than_the_server_asks() -> None:
    busy = Answer(503, {"retry-after": "5"})
    assert waits(attempts(random=0), busy, 2) == [5.5, 6]


def test_there_is_no_wait_beyond_the_end() -> None:
    assert waits(attempts(seconds_max=3), LOST, 3) == [1, 2, None]
    assert waits(attempts(seconds_max=10), Answer(429, {"retry-after": "3600"}), 1) == [None]
    assert waits(attempts(seconds_max=0), LOST, 1) == [None]


def test_what_cannot_change_is_not_tried_again() -> None:
    assert waits(attempts(), Lost("a wrong certificate", is_final=True), 1) == [None]


def test_what_was_received_begins_the_count_anew() -> None:
    begun = attempts()
    assert waits(begun, LOST, 3) == [1, 2, 4]
    begun.begin()
    assert waits(begun, LOST, 2) == [1, 2]

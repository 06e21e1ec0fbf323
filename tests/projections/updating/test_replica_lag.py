"""The replica's lag: never reported as longer than it is."""

from dataclasses import dataclass

import pytest

from projections.updating.replica_lag import SAMPLES_MAX, Lag


@dataclass
class Other:
    """Somebody ahead, and a clock."""

    position: int = 0
    now: float = 0.0

    def ahead(self) -> int:
        """Return the position."""
        return self.position

    def clock(self) -> float:
        """Return the time, in seconds."""
        return self.now


@pytest.fixture
def other() -> Other:
    """Nothing is recorded yet."""
    return Other()


@pytest.fixture
def lag(other: Other) -> Lag:
    """The lag behind the other."""
    return Lag(other.ahead, other.clock)


def test_a_process_that_has_everything_is_not_behind(other: Other, lag: Lag) -> None:
    other.position = 7
    lag.measure(7)
    other.now = 100
    assert lag.seconds(7) == 0


def test_it_is_counted_from_when_the_other_had_the_first_thing_that_is_lacking(
    other: Other, lag: Lag
) -> None:
    for other.now, other.position in ((1, 7), (2, 9), (3, 9)):
        lag.measure(5)
    other.now = 4
    assert lag.seconds(5) == 3
    assert lag.seconds(6) == 3
    assert lag.seconds(7) == 2
    assert lag.seconds(9) == 0
    lag.measure(7)
    assert lag.seconds(7) == 2


def test_a_long_lag_is_reported_in_bounded_memory(other: Other, lag: Lag) -> None:
    length = 10 * SAMPLES_MAX
    for other.now, other.position in enumerate(range(1, length + 1)):
        lag.measure(0)
    assert lag.seconds(0) == length - 1
    for position in range(1, length - 100, 97):
        exact = length - 1 - position
        assert exact - 4 * length / SAMPLES_MAX <= lag.seconds(position) <= exact
    assert lag.samples <= SAMPLES_MAX

"""Sets of positions behave as sets, with any ranges."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service.replay.positions import Positions

SOME = st.frozensets(st.integers(1, 40))


def positions(some: frozenset[int]) -> Positions:
    made = Positions()
    for position in sorted(some):
        made.add(position)
    return made


def listed(some: Positions) -> list[int]:
    return [position for first, last in some.ranges for position in range(first, last + 1)]


@given(SOME)
def test_a_set_has_what_was_added_in_as_few_ranges_as_possible(some: frozenset[int]) -> None:
    made = positions(some)
    assert listed(made) == sorted(some)
    assert len(made) == len(some)
    assert {position for position in range(50) if position in made} == some
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(made.ranges))
    assert Positions(made.ranges).ranges == made.ranges


@given(SOME, SOME)
def test_a_difference_has_what_the_other_lacks(one: frozenset[int], other: frozenset[int]) -> None:
    assert listed(positions(one) - positions(other)) == sorted(one - other)


@given(SOME, st.integers(0, 5))
def test_joining_fills_small_gaps_and_no_others(some: frozenset[int], gap: int) -> None:
    joined = positions(some).joined(gap)
    assert some <= set(listed(joined))
    assert all(first - last - 1 > gap for (_, last), (first, _) in pairwise(joined.ranges))
    assert {first for first, _ in joined.ranges} | {last for _, last in joined.ranges} <= some

"""For a name that does not exist, the one that was probably meant is given, always the same."""

from itertools import permutations

import pytest

from events.vocabulary.values.likeness import close, closest

KEYS = ["mill-museum", "library-trust", "city-archive", "milton-house"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mil", "mill-museum"),
        ("mill", "mill-museum"),
        ("milt", "milton-house"),
        ("mill-musem", "mill-museum"),
        ("Mill-Museum", "mill-museum"),
        ("libary-trust", "library-trust"),
        ("city", "city-archive"),
        ("mi", None),
        ("museum", None),
        ("canal-society", None),
        ("", None),
    ],
    ids=str,
)
def test_a_beginning_or_a_slip_is_enough(name: str, meant: str | None) -> None:
    assert closest(name, KEYS) == meant


def test_it_does_not_depend_on_the_order_of_the_names() -> None:
    known = ["cat-a", "cat-b", "Cat-A", "cart-a"]
    found = {(closest("cat-", order), *close("cta-a", order, 3)) for order in permutations(known)}
    assert len(found) == 1
    assert closest("cat", ["cat-b", "cat-a"]) == "cat-a"


def test_as_many_are_given_as_are_asked_for_each_once_the_likeliest_first() -> None:
    known = ["heritage-2024", "heritage-2", "heritage", "harbour"]
    assert close("herit", known, 3) == ["heritage", "heritage-2", "heritage-2024"]
    assert close("heritge", known, 2) == ["heritage", "heritage-2"]
    assert close("heritage", ["heritage-2"], 2) == ["heritage-2"]


def test_only_what_is_known_is_given_as_it_is_written() -> None:
    assert closest("failuremix", ["failureMix", "funnel"]) == "failureMix"
    assert closest("mill-museum", ()) is None

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from service.pages.charts.strip import LEVELS_MAX, Duration, Durations, Strip, strip
from tests.service.pages.charts.conftest import Draw, parsed


def drawn(*days: float, quartiles: tuple[float, float, float] | None = None) -> Strip:
    durations = [Duration(each, f"{each} days", f"#{each}") for each in days]
    return strip(
        [Durations("Time to the first trial", "Half within 50 days.", durations, quartiles)],
        "{} days".format,
    )


def test_the_box_reaches_from_the_lower_to_the_upper_quartile() -> None:
    box = drawn(0, 20, 50, 70, 100, quartiles=(20, 50, 70)).rows[0].box
    assert box is not None
    assert (box.x, box.width, box.median) == (21.2, 48, 50)


def test_a_dot_stands_at_its_duration() -> None:
    assert [dot.x for dot in drawn(0, 20, 50, 70, 100).rows[0].dots] == [2, 21.2, 50, 69.2, 98]


def test_the_axis_ends_at_a_round_number() -> None:
    assert [label for _, label in drawn(3, 9, 12, 40, 81).ticks] == [
        f"{days} days" for days in (0, 20, 40, 60, 80, 100)
    ]


def test_equal_durations_stand_above_each_other() -> None:
    dots = drawn(1, 1, 1, 1, 1).rows[0].dots
    assert len({dot.x for dot in dots}) == 1
    assert len({dot.y for dot in dots}) == 5


@given(st.lists(st.floats(0, 5000), min_size=5, max_size=60))
def test_all_dots_are_on_the_drawing(days: list[float]) -> None:
    row = drawn(*days).rows[0]
    assert len(row.dots) == len(days)
    assert all(0 <= dot.x <= 100 and 5 <= dot.y <= row.height - 5 for dot in row.dots)


@given(st.lists(st.integers(0, 100), min_size=5, max_size=LEVELS_MAX))
def test_dots_that_have_room_above_each_other_do_not_touch(days: list[int]) -> None:
    dots = drawn(*days).rows[0].dots
    assert all(
        one.y != other.y or abs(one.x - other.x) * 480 >= 1000
        for one, other in combinations(dots, 2)
    )


def test_few_durations_are_only_a_sentence(draw: Draw) -> None:
    few = drawn(1, 2, 3, 4)
    assert (few.rows[0].dots, few.rows[0].box, few.ticks) == ((), None, ())
    root = parsed(draw("strip", few))
    assert root.find(".//svg") is None
    assert "Half within 50 days." in "".join(root.itertext())


def test_figures_share_an_axis_that_few_things_do_not_stretch() -> None:
    figures = [
        Durations("a", "", [Duration(10, "")] * 5),
        Durations("b", "", [Duration(100, "")] * 5),
        Durations("c", "", [Duration(9000, "")]),
    ]
    both = strip(figures, str)
    assert [both.rows[0].dots[0].x, both.rows[1].dots[0].x] == [11.6, 98]


def test_every_dot_leads_to_its_thing(draw: Draw) -> None:
    root = parsed(draw("strip", drawn(1, 2, 3, 4, 5)))
    assert [(link.get("href"), link.findtext("title")) for link in root.iter("a")] == [
        (f"#{days}", f"{days} days") for days in range(1, 6)
    ]


def test_quartiles_alone_are_drawn_on_an_axis_that_holds_them() -> None:
    whole = drawn(quartiles=(20, 50, 70))
    [row] = whole.rows
    assert row.dots == ()
    assert row.box is not None
    assert row.box.x + row.box.width < 100
    assert whole.ticks[-1][1] == "80 days"
    assert drawn().ticks == ()

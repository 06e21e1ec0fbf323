import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pages.charts.bars import Bar, Group, Level, bars, distribution
from tests.service.pages.charts.conftest import Draw, parsed


def test_all_bars_have_one_scale() -> None:
    first, second = bars(
        [Group("Questions", [Bar("asked", 10)]), Group("Trials", [Bar("begun", 40), Bar("no", 0)])]
    )
    assert [drawn.width for group in (first, second) for drawn in group.bars] == [25, 100, 0]


def test_a_small_count_can_still_be_seen() -> None:
    [group] = bars([Group("Reach", [Bar("one", 1), Bar("many", 10_000)])])
    assert group.bars[0].width == 0.5


def test_a_count_can_be_written_in_words_and_leads_to_its_things(draw: Draw) -> None:
    root = parsed(
        draw(
            "bars",
            bars([Group("", [Bar("paired", 0.075, "#those", text="3 in 40 months", of="of 8")])]),
        )
    )
    assert [(link.get("href"), link.text) for link in root.iter("a")] == [
        ("#those", "3 in 40 months")
    ]
    assert "of 8" in "".join(root.itertext())


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=5))
def test_the_parts_of_a_whole_fill_it(counts: list[int]) -> None:
    whole = distribution("First third", [Level(f"level {count}", count) for count in counts])
    edge = 0.0
    for segment in whole.segments:
        assert segment.x == pytest.approx(edge, abs=0.3)
        edge = segment.x + segment.width
    assert edge == pytest.approx(100 if sum(counts) else 0, abs=0.3)
    assert edge <= 100


def test_numbers_stand_where_they_have_room_and_always_below(draw: Draw) -> None:
    whole = distribution("First third", [Level("informed", 98, "#i"), Level("in charge", 2)])
    root = parsed(draw("bars", [whole], macro="distributions"))
    assert [text.text for text in root.iter("text")] == ["98"]
    assert "in charge: 2" in "".join(root.itertext())


def test_there_are_no_more_shades_than_levels() -> None:
    with pytest.raises(ValueError, match="at most 5"):
        distribution("", [Level("", 1)] * 6)

import pytest

from service.pages.charts.matrix import Heading
from service.pages.charts.slope import Change, slope
from tests.service.pages.charts.conftest import Draw, parsed

STEPS = ["subject", "consumer", "citizen"]


def change(before: int, after: int) -> Change:
    return Change(
        Heading("Mill"), before, after, "From consumer to citizen.", ("Jan 2024", "Oct 2024")
    )


@pytest.mark.parametrize(
    ("before", "after", "direction"), [(1, 2, "up"), (2, 0, "down"), (1, 1, "same")]
)
def test_a_line_goes_from_step_to_step(before: int, after: int, direction: str) -> None:
    drawn = slope(STEPS, [change(before, after)])
    [line] = drawn.lines
    heights = [y for y, _ in drawn.steps]
    assert (line.direction, line.y_before, line.y_after) == (
        direction,
        heights[before],
        heights[after],
    )


def test_the_highest_step_stands_at_the_top() -> None:
    assert [name for _, name in sorted(slope(STEPS, []).steps)] == [
        "citizen",
        "consumer",
        "subject",
    ]


def test_steps_are_words_and_the_taken_ones_stand_out(draw: Draw) -> None:
    root = parsed(draw("slope", slope(STEPS, [change(1, 2)])))
    assert [(text.text, text.get("class")) for text in root.iter("text")] == [
        ("subject", None),
        ("consumer", "taken"),
        ("citizen", "taken"),
    ]
    assert "From consumer to citizen." in "".join(root.itertext())


@pytest.mark.parametrize("steps", [(-1, 0), (0, 3)])
def test_a_step_that_does_not_exist_is_a_mistake(steps: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="0 to 2"):
        slope(STEPS, [change(*steps)])

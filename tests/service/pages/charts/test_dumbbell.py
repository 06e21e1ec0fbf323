import pytest

from service.pages.charts.dumbbell import Points, dumbbell
from service.pages.charts.geometry import Mark
from service.pages.charts.matrix import Heading
from tests.service.pages.charts.conftest import Draw, parsed

STEPS = [f"step {number}" for number in range(6)]
US, THEM, BOARD = Mark("for us", "#us"), Mark("for visitors", shape="square"), Mark("for the board")


def links(*points: tuple[int, Mark]) -> list[str]:
    [row] = dumbbell("Degrees", STEPS, [Points(Heading("Labels"), points)]).rows
    return [step.link for step in row.steps]


def test_a_line_joins_the_outermost_points() -> None:
    assert links((4, US), (1, THEM), (2, BOARD)) == [
        "none",
        "from",
        "through",
        "through",
        "to",
        "none",
    ]


@pytest.mark.parametrize("points", [[], [(3, US)], [(3, US), (3, THEM)]])
def test_points_on_one_step_have_no_line(points: list[tuple[int, Mark]]) -> None:
    assert links(*points) == ["none"] * 6


def test_each_view_stands_on_its_step_with_its_name(draw: Draw) -> None:
    points = Points(Heading("Labels", "#labels"), [(1, THEM), (4, US), (4, BOARD)], "3 steps apart")
    root = parsed(draw("dumbbell", dumbbell("Degrees", STEPS, [points])))
    words = [" ".join("".join(cell.itertext()).split()) for cell in root.iter("td")]
    assert words == ["", "for visitors", "", "", "for usfor the board", ""]
    assert [link.get("href") for link in root.iter("a")] == ["#labels", "#us"]


@pytest.mark.parametrize("step", [-1, 6])
def test_a_point_outside_of_the_scale_is_a_mistake(step: int) -> None:
    with pytest.raises(ValueError, match="0 to 5"):
        links((step, US))

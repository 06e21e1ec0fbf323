import pytest

from service.pages.charts.squares import squares
from tests.service.pages.charts.conftest import Draw, parsed


def test_there_is_a_square_for_each_thing_and_the_part_is_filled() -> None:
    drawn = squares(9, 14, "9 of 14")
    assert [square.filled for square in drawn.squares] == [True] * 9 + [False] * 5


def test_ten_squares_make_a_row() -> None:
    drawn = squares(9, 14, "9 of 14")
    assert (drawn.squares[9].y, drawn.squares[10].x) == (drawn.squares[0].y, drawn.squares[0].x)
    assert (drawn.width, drawn.height) == (180, 36)


def test_few_things_are_only_a_sentence(draw: Draw) -> None:
    root = parsed(draw("squares", squares(2, 4, "2 of 4 failures led to a learning.")))
    assert root.find(".//svg") is None
    assert root.findtext(".//p") == "2 of 4 failures led to a learning."


def test_five_things_are_drawn() -> None:
    assert len(squares(0, 5, "0 of 5").squares) == 5


def test_many_things_are_shown_as_parts_of_a_hundred(draw: Draw) -> None:
    drawn = squares(500, 1000, "500 of 1,000")
    assert [len(drawn.squares), sum(square.filled for square in drawn.squares)] == [100, 50]
    assert "Each square is one of a hundred." in draw("squares", drawn)


@pytest.mark.parametrize(("part", "whole"), [(-1, 3), (4, 3)])
def test_a_part_that_exceeds_the_whole_is_a_mistake(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match=f"{part} of {whole}"):
        squares(part, whole, "")

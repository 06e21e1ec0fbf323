import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pages.charts.geometry import SIZE, Mark, Shape, lines_of, number, percent, text_width

SHAPES: tuple[Shape, ...] = ("circle", "square", "triangle", "diamond", "hexagon", "pennant")


@pytest.mark.parametrize(
    ("value", "written"), [(12.0, "12"), (12.04, "12"), (12.25, "12.2"), (0.1 + 0.2, "0.3")]
)
def test_a_number_has_at_most_one_decimal(value: float, written: str) -> None:
    assert str(number(value)) == written


def test_a_part_of_nothing_is_nothing() -> None:
    assert percent(3, 0) == 0


def test_a_part_is_never_more_than_the_whole() -> None:
    assert percent(5, 4) == 100


# Measured in Chromium with DejaVu Sans, which is wider than most fonts that systems use.
@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("How can we share the say over what the mill's walls tell?", 342.9),
        ("Market Hatherley Library Trust", 182.5),
        ("Wie können wir die Nachbarschaft für Ausstellungstexte gewinnen?", 405.2),
        ("UPPER CASE TITLE OF A TRIAL", 181.2),
        ("MWWM WWW @@@", 123.7),
        ("2024 12 345", 76.3),
    ],
)
def test_a_width_is_that_of_a_wide_font_or_a_little_more(text: str, width: float) -> None:
    assert width <= text_width(text) <= width * 1.25


def test_a_combining_mark_takes_no_width() -> None:
    assert text_width(unicodedata.normalize("NFD", "é")) == text_width("e")


def test_characters_of_full_width_take_more() -> None:
    assert text_width("水") > text_width("n")


@given(st.text(st.sampled_from("abc mW"), max_size=80), st.floats(20, 200))
def test_lines_have_all_words_in_order_and_only_a_single_word_is_wider(
    text: str, width: float
) -> None:
    lines = lines_of(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(text_width(line) <= width for line in lines if " " in line)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_and_its_hatching_stay_in_their_square(shape: Shape) -> None:
    mark = Mark("x", shape=shape)
    numbers = (
        (mark.path + mark.hatching).replace("M", " ").replace("L", " ").replace("Z", " ").split()
    )
    assert all(0 <= float(each) <= SIZE for each in numbers)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_hatched_with_several_lines(shape: Shape) -> None:
    assert Mark("x", shape=shape).hatching.count("M") >= 3


def test_no_two_shapes_are_alike() -> None:
    assert len({Mark("x", shape=shape).path for shape in SHAPES}) == len(SHAPES)

from service.pages.charts.dots import Row, dots
from service.pages.charts.geometry import Mark
from service.pages.charts.matrix import Heading
from tests.service.pages.charts.conftest import Draw, parsed

GROWING, SILENT = Mark("growing", shape="triangle", tone="good"), Mark("no word", hollow=True)


def test_a_row_has_its_marks_in_order_and_its_sentence(draw: Draw) -> None:
    marks = [
        Mark("Mill: growing", "#mill", "triangle", "good"),
        Mark("Choir: no word", hollow=True),
    ]
    root = parsed(
        draw("dots", dots([Row(Heading("After 6 months"), marks, "1 growing, no word from 1")]))
    )
    assert [title.text for title in root.iter("title")] == ["Mill: growing", "Choir: no word"]
    assert "1 growing, no word from 1" in "".join(root.itertext())


def test_no_word_is_only_an_outline(draw: Draw) -> None:
    root = parsed(draw("dots", dots([Row(Heading(""), [GROWING, SILENT])])))
    assert ["hollow" in str(svg.get("class")) for svg in root.iter("svg")] == [False, True]


def test_the_key_has_each_look_once() -> None:
    drawn = dots([], [GROWING, SILENT, Mark("growing again", shape="triangle", tone="good")])
    assert [mark.label for mark in drawn.key] == ["growing", "no word"]

"""A chart stays a chart with any text: well-formed, escaped, and without inline style or script."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import Environment

from service.pages.charts.bars import Bar, Group, Level, bars, distribution
from service.pages.charts.dots import Row, dots
from service.pages.charts.dumbbell import Points, dumbbell
from service.pages.charts.geometry import Mark
from service.pages.charts.lanes import Entry, Lane, drawn
from service.pages.charts.matrix import Count, Heading, of_counts, of_marks
from service.pages.charts.slope import Change, slope
from service.pages.charts.squares import squares
from service.pages.charts.strip import Duration, Durations, strip
from service.pages.charts.table import Cell, Column, Table
from service.pages.charts.timescale import Timescale
from service.pages.charts.tree import Node, tree
from tests.service.pages.charts.conftest import Draw, parsed

TEXTS = {
    "markup": "<script>alert(1)</script></svg></title>]]><!--",
    "quotes": "\"><img src=x onerror=alert(1)> ' ` {{ 7 * 7 }} %(label)s",
    "long": "w" * 10_000,
    "many words": "How can we " * 900,
    "right to left": "كيف يمكننا أن نشارك \u202e الجدار؟",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u200b",
    "empty": "",
}
BEGIN, CLOSE, END = (datetime(2024, month, 1, tzinfo=UTC) for month in (1, 6, 12))


def charts(draw: Draw, text: str) -> dict[str, str]:
    """Return each chart with the text wherever it takes one."""
    heading = Heading(text, f"/{text}")
    mark = Mark(text, f"/{text}", private=True)
    entries = [
        Entry(
            f"{number}",
            text,
            text,
            BEGIN,
            end,
            text,
            text[:1],
            private=True,
            ticks=(CLOSE,),
            causes=("0",),
        )
        for number, end in enumerate((CLOSE, None))
    ]
    lanes = drawn(
        [Lane(text, entries)], Timescale(BEGIN, END, 960, CLOSE), lambda *_: text[:50], text
    )
    counts = of_counts(
        {text: heading}, {text: heading}, {(text, text): Count(3, text)}, titles=(text, text)
    )
    marks = of_marks(
        {text: heading},
        {text: heading},
        {(text, text): [mark]},
        row_totals=True,
        column_totals=True,
    )
    durations = Durations(text, text, [Duration(days, text, text) for days in range(7)], (1, 2, 3))
    return {
        "lanes": draw("lanes", lanes, "id", text),
        "counts": draw("matrix", counts, text),
        "marks": draw("matrix", marks, text),
        "squares": draw("squares", squares(3, 7, text)),
        "strip": draw("strip", strip([durations], lambda _: text)),
        "dumbbell": draw(
            "dumbbell", dumbbell(text, [text] * 3, [Points(heading, [(0, mark), (2, mark)], text)])
        ),
        "slope": draw("slope", slope([text] * 3, [Change(heading, 0, 2, text, (text, text))])),
        "bars": draw("bars", bars([Group(text, [Bar(text, 3, text, text, text)])])),
        "distributions": draw(
            "bars", [distribution(text, [Level(text, 3, text)])], macro="distributions"
        ),
        "dots": draw("dots", dots([Row(heading, [mark], text)], [mark])),
        "tree": draw("tree", tree([Node(text, text, text, (mark,), (Node(text),))])),
        "table": draw("table", Table([Column(text, text)], [[Cell(text, text)]], text)),
    }


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_charts_are_well_formed_and_contain_no_element_of_a_text(draw: Draw, text: str) -> None:
    for name, markup in charts(draw, text).items():
        elements = {element.tag for element in parsed(markup).iter()}
        assert not elements & {"script", "img", "style"}, name


@pytest.mark.parametrize("text", [text for text in TEXTS.values() if text.strip()])
def test_charts_show_a_text_as_it_is_and_whole(draw: Draw, text: str) -> None:
    for name, markup in charts(draw, text).items():
        root = parsed(markup)
        shown = {"".join(element.itertext()).strip() for element in root.iter()}
        assert any(text.strip() in each for each in shown), name


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_charts_have_neither_inline_style_nor_handlers(draw: Draw, text: str) -> None:
    for name, markup in charts(draw, text).items():
        attributes = {
            attribute for element in parsed(markup).iter() for attribute in element.attrib
        }
        assert not {each for each in attributes if each == "style" or each.startswith("on")}, name


def test_numbers_have_at_most_one_decimal(draw: Draw) -> None:
    for name, markup in charts(draw, "Label wall").items():
        assert not re.search(r"\d\.\d\d", markup), name


def test_a_figure_has_its_sentence_first_then_the_chart_then_the_table(
    environment: Environment,
) -> None:
    template = environment.from_string(
        '{% from "charts/figure.html" import figure %}'
        '{% call figure("f", text, table, links=true, downloads=[("CSV", "/f.csv")], note=text) %}<svg/>{% endcall %}'
    )
    text = TEXTS["markup"]
    table = Table([Column("a", text)], [[Cell(text)]])
    figure = parsed(template.render(text=text, table=table))[0]
    assert [element.tag for element in figure] == ["figcaption", "a", "svg", "p", "div"]
    assert figure.get("aria-labelledby") == figure[0].get("id")
    assert figure[1].get("href") == f"#{figure[4].get('id')}"
    assert figure.find("div/details//table") is not None
    assert [link.get("href") for link in figure.findall("div/p/a")] == ["/f.csv"]


def test_templates_are_held_to_the_same() -> None:
    for path in (Path(__file__).parents[4] / "service/pages/charts").glob("*.html"):
        assert not re.search(r"style=|<style|<script|\| *safe", path.read_text()), path.name

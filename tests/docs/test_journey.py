"""The picture of a journey is that of the sample cohort, and its labels fit into it."""

import re
from typing import Final
from xml.etree import ElementTree

import pytest

from docs.journey import CHARACTER, PICTURE, WIDTH, Lane, drawn, lanes, recorded

SVG: Final = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def found() -> list[Lane]:
    """What the picture shows."""
    return lanes(recorded())


@pytest.fixture(scope="module")
def picture() -> ElementTree.Element:
    """The picture as it is committed."""
    return ElementTree.fromstring(PICTURE.read_text())


def test_the_picture_is_the_one_that_the_code_draws() -> None:
    assert PICTURE.read_text() == drawn(), "python -m docs.journey draws it again"


def test_it_shows_every_question_with_iterations_failures_and_learnings(found: list[Lane]) -> None:
    assert [lane.question for lane in found] == [
        "How can we get the people who worked here to tell the mill's story in their own words?",
        "How can we lend the wall to people none of us knows?",
    ]
    kinds = [mark.kind for lane in found for mark in lane.marks]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "refuted": 2,
        "supported": 2,
        "inconclusive": 1,
        "failure": 3,
        "learning": 5,
        "reworded": 1,
    }
    assert all(lane.marks == sorted(lane.marks, key=lambda mark: mark.begin) for lane in found)


def test_it_shows_nothing_that_is_private(picture: ElementTree.Element) -> None:
    text = "".join(picture.itertext())
    # The failure `mill-guard-off` is one of deviance.
    assert "No. 3 loom" not in text
    assert "Six in a month." in text


def test_every_label_fits(picture: ElementTree.Element) -> None:
    labels = list(picture.iter(f"{SVG}text"))
    assert len(labels) > len("a label a month")
    for label in labels:
        text = "".join(label.itertext())
        x, wide = float(label.attrib["x"]), CHARACTER * len(text)
        begin = x - wide if label.get("text-anchor") == "end" else x
        assert begin >= 0, text
        assert begin + wide <= WIDTH, text


def test_it_has_colours_for_light_and_for_dark(picture: ElementTree.Element) -> None:
    [style] = picture.iter(f"{SVG}style")
    light, dark = (style.text or "").split("@media (prefers-color-scheme:dark)")
    used = {name for one in picture.iter() for name in one.get("class", "").split()}
    assert used <= set(re.findall(r"\.(\w+)\{", light))
    assert set(re.findall(r"\.(\w+)\{", light)) == set(re.findall(r"\.(\w+)\{", dark))

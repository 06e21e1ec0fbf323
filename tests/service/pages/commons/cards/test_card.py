"""The cards: one for each kind, in the size that other sites show."""

import pytest

from events.vocabulary.stream import KINDS
from service.pages.commons.cards.card import HEIGHT, WIDTH, card
from tests.service.app import Api
from tests.service.pages.commons.cards.test_canvas import pixels


@pytest.mark.parametrize("kind", ["cohort", "organisation", "learning"])
def test_a_card_has_the_size_that_other_sites_show(kind: str) -> None:
    found = pixels(card(kind))
    assert (len(found[0]), len(found)) == (WIDTH, HEIGHT) == (1200, 630)


def test_each_kind_has_a_card_and_its_lane_is_marked_not_by_colour_alone() -> None:
    for kind in KINDS:
        found = pixels(card(kind)) if kind in ("question", "outcome") else []
        marks = [y for y, row in enumerate(found) if row[70] == (26, 29, 33)]
        assert bool(marks) == bool(found)
        assert len(card(kind)) < 20_000
    assert card("question") != card("failure") != card("cohort")


@pytest.mark.asyncio(loop_scope="module")
async def test_a_card_is_served_as_a_picture(commons: Api) -> None:
    answer = await commons.get("/cards/learning/we-skim.png", None)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == card("learning")

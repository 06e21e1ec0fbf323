"""Figures after corrections: of the present and of earlier positions."""

import re
from pathlib import Path
from typing import Any

import pytest

from events.vocabulary.types.cohorts import OrganisationLeft
from projections.insights import figures
from projections.insights.index.kept_fields import FORMS
from tests.events.samples import captured, corrected, took_part, voided
from tests.projections.insights.hand import EVERYWHERE, FACILITATOR, LAST_DAY, Hand

CORRECTABLE = {
    name
    for form in FORMS.values()
    for name in form.kept
    if name in form.kind.correctable and form.kind.model is not OrganisationLeft
}


@pytest.mark.parametrize(
    "path", sorted(Path(figures.__path__[0]).glob("*.py")), ids=lambda path: path.stem
)
def test_figures_read_what_can_be_corrected_as_of_their_position(path: Path) -> None:
    """`Perspective.data` returns it. `IndexedEvent.data` has it as it reads now."""
    direct = re.findall(r"""\.data(?:\[|\.get\()"(\w+)\"""", path.read_text())
    assert CORRECTABLE.isdisjoint(direct)
    assert "themes" in CORRECTABLE


def test_a_figure_counts_what_was_corrected_from_the_position_of_the_correction(
    asking: Hand,
) -> None:
    asking.tries("trial", 1)
    mistyped = asking.record(2, took_part("trial", people=400))
    change = asking.record(90, corrected(mistyped, people=40))
    taken_back = asking.record(91, voided(change))
    # Asked at the time of the event: a correction holds at any time.
    answers = {
        position: asking.figure("reach", as_of=position, day=3)["participations"]
        for position in (mistyped, change, taken_back)
    }
    assert answers == {mistyped: 400, change: 40, taken_back: 400}


def _as_written(hand: Hand, theme: str) -> str:
    return hand.view(LAST_DAY, FACILITATOR, EVERYWHERE).as_written(theme)


def test_a_theme_is_written_as_first_written_after_corrections(asking: Hand) -> None:
    source: dict[str, Any] = {"cohort": "heritage", "from_": ["question/question"]}
    first = asking.record(1, captured("one", themes=["benches"], **source))
    asking.record(2, captured("two", "archive", cohort="heritage", from_=["question/other"],
                              themes=["cafés"]))  # fmt: skip
    assert _as_written(asking, "cafés") == "cafés"
    asking.record(3, corrected(first, themes=["cafe\u0301s"]))
    assert _as_written(asking, "cafés") == "cafe\u0301s"
    assert _as_written(asking, "benches") == "benches"

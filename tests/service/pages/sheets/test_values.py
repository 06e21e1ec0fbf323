"""The values of cells: terms, subjects, lists, numbers, days, and what does not fit a field."""

from datetime import date, datetime, time
from typing import Any

import pytest

from service.pages.record.form import Field, Widget
from service.pages.sheets.layouts import layout_called
from service.pages.sheets.values import Unfit, texts_of


def field(type_: str, name: str) -> Field:
    """Return a field of a type."""
    layout = layout_called(type_)
    assert layout is not None
    return layout.fields[name]


def a_field(widget: Widget) -> Field:
    """Return a field of this widget alone."""
    return Field("x", widget, "X", "", "", None)


@pytest.mark.parametrize(
    ("type_", "name", "value", "texts"),
    [
        ("failure.recorded", "failure_cause", "deviance", ["deviance"]),
        ("iteration.planned", "modes", "give_time; give_time", ["give_time", "give_time"]),
        ("iteration.planned", "question", "question/signs", ["signs"]),
        ("iteration.planned", "question", "How can we? (question/signs)", ["signs"]),
        ("note.added", "about", "The mill (organisation/mill)", ["organisation/mill"]),
        ("iteration.planned", "themes", "food; water", ["food\nwater"]),
        ("iteration.planned", "themes", "food\n\nwater; air", ["food\nwater; air"]),
        ("iteration.planned", "starts_on", date(2026, 3, 1), ["2026-03-01"]),
        ("iteration.planned", "starts_on", "2026-03-01", ["2026-03-01"]),
        ("iteration.planned", "title", 12.0, ["12"]),
    ],
)
def test_a_cell_stands_for_the_value_of_its_field(
    type_: str, name: str, value: Any, texts: list[str]
) -> None:
    assert texts_of(field(type_, name), value) == texts


def test_a_term_is_named_by_its_title_too() -> None:
    found = field("failure.recorded", "degree")
    for term in found.terms:
        assert texts_of(found, term.title.upper()) == [str(term.value)]


@pytest.mark.parametrize(
    ("widget", "value", "text"),
    [
        (Widget.NUMBER, 12.0, "12"),
        (Widget.NUMBER, 3.5, "3.5"),
        (Widget.NUMBER, "3,5", "3,5"),
        (Widget.YES_OR_NO, True, "yes"),
        (Widget.YES_OR_NO, "No", "no"),
    ],
)
def test_numbers_and_answers_are_read(widget: Widget, value: Any, text: str) -> None:
    assert texts_of(a_field(widget), value) == [text]


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (Widget.NUMBER, "many"),
        (Widget.NUMBER, True),
        (Widget.NUMBER, date(2026, 3, 1)),
        (Widget.YES_OR_NO, "perhaps"),
        (Widget.DAY, 46082),
        (Widget.DAY, "1.3.2026"),
        (Widget.DAY, datetime(2026, 3, 1, 9)),
        (Widget.DAY, time(9)),
        (Widget.LINE, False),
        (Widget.CHOICE, "none of these"),
    ],
)
def test_what_does_not_fit_is_refused(widget: Widget, value: Any) -> None:
    with pytest.raises(Unfit, match="Expected"):
        texts_of(a_field(widget), value)


def test_a_subject_of_another_kind_is_refused() -> None:
    with pytest.raises(Unfit, match="of kind question"):
        texts_of(field("iteration.planned", "question"), "cohort/pilot")

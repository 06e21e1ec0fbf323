"""The sentences of faults: what was expected, and what was found."""

from typing import Any

import pytest

from events.vocabulary.faults import SHOWN_CHARACTERS_MAX, Refused, shown
from tests.events.record import Record
from tests.events.samples import EventJson, introduced, noted, planned

LONG = "x" * (SHOWN_CHARACTERS_MAX + 1)


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ("Ely & Müller", '"Ely & Müller"'),
        ("zero\u200bwidth", '"zero\\u200bwidth"'),
        ("\ud800", '"\\ud800"'),
        (LONG, "a text of 61 characters"),
        ([1, 2], "a list of 2"),
        ({"a": 1}, "an object"),
    ],
)
def test_a_short_value_is_quoted_and_another_described(value: Any, quoted: str) -> None:
    assert shown(value) == quoted


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        (noted("organisation/mill", text=7), "Expected a string; found 7."),
        (noted("mill"), "Expected a reference <kind>/<key> to one of"),
        (planned(modes=["nap"]), 'found "nap".'),
        ({**noted("organisation/mill"), "time": "noon"}, 'found "noon".'),
        ({**noted("organisation/mill"), "data": None}, "This attribute is required: an object"),
        (noted("organisation/mill", colour="red"), "This type has no such field."),
        (noted("organisation/nobody"), 'that you may see; found "organisation/nobody".'),
    ],
)
async def test_a_fault_says_what_was_found(story: Record, event: EventJson, detail: str) -> None:
    with pytest.raises(Refused) as refused:
        await story.add(event)
    [fault] = refused.value.faults
    assert detail in fault.detail


@pytest.mark.parametrize("name", [7, ["Grace Ellis"], {"first": "Grace Ellis"}, ""])
async def test_a_fault_quotes_no_personal_field(story: Record, name: Any) -> None:
    with pytest.raises(Refused) as refused:
        await story.add(introduced(name=name, email="Grace Ellis"))
    assert {fault.pointer for fault in refused.value.faults} == {"/data/name", "/data/email"}
    for fault in refused.value.faults:
        assert fault.detail.startswith("Expected ") and fault.detail.endswith(".")
        assert "found" not in fault.detail and "Grace" not in fault.detail

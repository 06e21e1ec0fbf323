"""The sample cohort has what a real one has, each at least once."""

from typing import Final

import orjson

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.values.question_form import has_question_form
from service.samples import demo

EVENTS: Final = [orjson.loads(line) for line in demo.lines()]


def test_every_event_type_occurs() -> None:
    occurring = {event["type"] for event in EVENTS}
    assert [kind.name for kind in VOCABULARY.kinds if kind.wire_name not in occurring] == []


def test_hosts_links_and_a_time_known_as_a_year_occur() -> None:
    fields = {name for event in EVENTS for name, value in event["data"].items() if value}
    assert {"hosts", "links"} <= fields
    assert "year" in {event.get("timeprecision") for event in EVENTS}


def test_one_question_is_in_welsh() -> None:
    texts = [event["data"]["text"] for event in EVENTS if event["data"].get("language") == "cy"]
    assert [has_question_form(text, "cy") for text in texts] == [True]

"""Submissions are read from the JSON of each tool: ids, times, and answers by question and by the tool's own names."""

from collections.abc import Iterator
from typing import Any, Final

import orjson
import pytest

from service.hooks.tool import Tool
from service.submissions.events import events_of, submission_of
from service.submissions.expressions import Steps
from service.submissions.mapping_file import mapping_of
from service.submissions.submission import Unreadable, read
from tests.service.submissions.mappings import mapping_for, sample_of, text_for

STEPS = 200_000
ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    5,
    1e300,
    "",
    " ",
    '["a"',
    [],
    [[]],
    [{}],
    [5, None],
    {},
    {"a": []},
)
"""What may stand anywhere in JSON, but seldom does."""


@pytest.mark.parametrize("tool", Tool)
def test_what_people_filled_in_is_the_same_from_every_tool(tool: Tool) -> None:
    mapping = mapping_for(tool)
    steps = Steps(STEPS)
    submission = submission_of(mapping, sample_of(tool), steps)
    found = events_of(mapping, submission, steps)
    assert not found.left_out and not any(event.faults for event in found.events)
    [learned] = [one for one in found.events if one.content["type"].endswith("captured.v1")]
    assert learned.content["data"]["statement"] == "People read more when they need no glasses"
    assert all(event.content["id"].startswith(f"{submission.id}/") for event in found.events)


def test_typeforms_answers_have_the_references_of_their_fields_too() -> None:
    submission = read(Tool.TYPEFORM, sample_of(Tool.TYPEFORM))
    assert submission.id == "a3a12ec67a1365927098a606107fac15"
    assert submission.answer("worked") == submission.answer("Did it work?") == "It worked"
    assert submission.answer("themes") == ["Labels", "Large print"]
    assert submission.answer("room") == "upstairs"


def test_tallys_choices_are_the_texts_of_their_options() -> None:
    submission = read(Tool.TALLY, sample_of(Tool.TALLY))
    assert submission.answer("Themes") == ["Labels", "Large print"]
    assert submission.answer("question_worked") == ["It worked"]
    assert submission.answer("Themes (Sound)") is False


def test_a_question_is_found_whatever_its_capitals_blanks_and_mark_of_what_is_required() -> None:
    submission = read(Tool.JSON, {"id": 1, "time": "t", "answers": {"What  did you TRY? *": "x"}})
    assert submission.answer("what did you try?") == "x"
    assert submission.has("What did you try?") and not submission.has("What else?")


def test_a_question_that_is_asked_twice_is_told_apart_by_the_tools_names_alone() -> None:
    sample = sample_of(Tool.TYPEFORM)
    for one in sample["form_response"]["definition"]["fields"]:
        if one["ref"] in ("did", "saw"):
            one["title"] = "What happened?"
    submission = read(Tool.TYPEFORM, sample)
    assert submission.answer("What happened?") is None
    assert submission.ambiguous == {"what happened?"}
    assert submission.answer("saw") == "Nine of ten visitors stopped"
    text = """
name = "a"
tool = "typeform"
organisation = "mill"
[[events]]
type = "note.added"
data = { about = "organisation/mill", text = { answer = "What happened?" } }
"""
    [event] = events_of(mapping_of(text), submission, Steps(STEPS)).events
    assert "Several fields of the form ask" in event.faults[0].detail


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ('["a","b"]', ["a", "b"]),
        ("[unfinished", "[unfinished"),
        ("[1]", "[1]"),
        ("[" * 5_000, "[" * 5_000),
        ("plain", "plain"),
        (None, None),
    ],
)
def test_microsofts_choices_are_texts_with_lists(value: Any, answer: Any) -> None:
    body = {"id": 1, "time": "12/31/2024 11:59:59 PM", "answers": {"r1": value}}
    submission = read(Tool.MICROSOFT_FORMS, body)
    assert submission.answer("r1") == answer
    assert submission.time == "2024-12-31T23:59:59+00:00"


def test_the_time_of_microsofts_answers_is_used_if_the_flow_sends_none() -> None:
    body = {"id": 1, "answers": {"submitDate": "1/2/2024 3:04:05 AM"}}
    assert read(Tool.MICROSOFT_FORMS, body).time == "2024-01-02T03:04:05+00:00"


def test_expressions_see_the_answers_and_the_whole_body() -> None:
    body = {"id": 7, "time": "t", "answers": {"a": 1}, "more": [2]}
    document = read(Tool.JSON, body).document
    assert document == {"id": "7", "time": "t", "answers": {"a": 1}, "body": body}


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in JSON: what it is in, and its name or number there."""
    for place in [*value] if isinstance(value, dict) else range(len(value)):
        yield value, place
        if isinstance(value[place], dict | list):
            yield from places_in(value[place])


@pytest.mark.parametrize("tool", Tool)
def test_whatever_a_tool_sends_is_read_or_refused(tool: Tool) -> None:
    mapping, body = mapping_for(tool), sample_of(tool)
    for within, place in [*places_in(body)]:
        before = within[place]
        for odd in ODD:
            within[place] = odd
            try:
                submission = submission_of(mapping, body, Steps(STEPS))
            except Unreadable as unreadable:
                assert unreadable.faults
            else:
                for event in events_of(mapping, submission, Steps(STEPS)).events:
                    assert event.content["id"].startswith(submission.id)
        within[place] = before


def test_keys_have_words_and_bits_that_are_the_same_for_a_submission_and_differ_for_others() -> (
    None
):
    mapping = mapping_for(Tool.GOOGLE_FORMS)
    sample = sample_of(Tool.GOOGLE_FORMS)

    def key(body: Any, source: str | None = None) -> str:
        steps = Steps(STEPS)
        used = mapping if source is None else mapping_of(_with_source(source))
        found = events_of(used, submission_of(used, body, steps), steps)
        return str(found.events[0].content["data"]["iteration"])

    assert key(sample) == key(orjson.loads(orjson.dumps(sample)))
    assert key(sample) != key({**sample, "id": "another"})
    assert key(sample) != key(sample, "urn:another")


def _with_source(source: str) -> str:
    text = text_for(Tool.GOOGLE_FORMS)
    return text.replace('cohort = "heritage"', f'cohort = "heritage"\nsource = "{source}"', 1)

"""A mapping is read from TOML; all of its faults come at once, each with its place."""

import re
from collections.abc import Sequence

import pytest

from events.vocabulary.catalogue import VOCABULARY
from service.errors import MappingRefused
from service.hooks.tool import Tool
from service.submissions.mapping_file import CHARACTERS_MAX, mapping_of
from tests.service.submissions.mappings import TRIALS, mapping_for, text_for

HEAD = 'name = "notes"\ntool = "json"\norganisation = "mill"\n'
NOTE = '[[events]]\ntype = "note.added"\ndata = { about = "organisation/mill", text = "x" }\n'


def faults_of(text: str) -> Sequence[str]:
    with pytest.raises(MappingRefused) as refused:
        mapping_of(text)
    return refused.value.faults


def of_event(text: str) -> Sequence[str]:
    """Return the faults of a mapping with these lines about its only event."""
    return [one.partition(": ")[2] for one in faults_of(f"{HEAD}[[events]]\n{text}")]


@pytest.mark.parametrize("tool", Tool)
def test_a_mapping_says_what_its_key_may_do(tool: Tool) -> None:
    mapping = mapping_for(tool)
    grant = mapping.grant
    assert (grant.organisation, grant.sources) == ("mill", ("urn:howcanwe:hook:trials",))
    assert len(grant.types) == len(mapping.events) == 6
    assert all(VOCABULARY.named(name) for name in grant.types)


def test_a_mapping_may_have_a_source_of_its_own() -> None:
    mapping = mapping_of(f'{HEAD}source = "https://forms.example/a"\n{NOTE}')
    assert mapping.source == "https://forms.example/a"
    assert mapping.grant.sources == ("https://forms.example/a",)


def test_events_of_the_same_type_have_ids_of_their_own() -> None:
    assert [event.id for event in mapping_of(HEAD + NOTE + NOTE).events] == [
        "note.added",
        "note.added-2",
    ]


def test_all_faults_of_a_mapping_come_at_once() -> None:
    found = faults_of(
        """
name = "Trials of 2024"
tool = "typefrom"
organization = "mill"
zone = "Europe/Lundon"
[submission]
ident = "a"
id = "a["
[terms.result]
"It worked" = ["supported"]
[[events]]
type = "iteration.concluded"
if = "x"
when = "x"
[events.data]
result = { answer = "Did it work?", terms = "results" }
evidence_level = "many"
deciding = "persevere"
summary = { question = "What did you see?" }
iteration = { created_by = "iteration.planned" }
"""
    )
    places = [fault.partition(": ")[0] for fault in found]
    assert places == [
        "There is no 'organization' here. Did you mean 'organisation'?",
        "name",
        "tool",
        "organisation",
        "submission",
        "submission.id",
        "terms.result.It worked",
        "zone",
        "event 1 (iteration.concluded)",
        "event 1 (iteration.concluded), when",
        "event 1 (iteration.concluded), data",
        "event 1 (iteration.concluded), data.result",
        "event 1 (iteration.concluded), data.evidence_level",
        "event 1 (iteration.concluded), data.summary",
        "event 1 (iteration.concluded), data.summary",
        "event 1 (iteration.concluded), data.iteration",
        "event 1 (iteration.concluded), data.decision",
    ]
    assert any("Did you mean 'result'?" in fault for fault in found)
    assert any("Did you mean 'decision'?" in fault for fault in found)
    assert any("typeform" in fault for fault in found)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("name = ", "not TOML"),
        ("x" * (CHARACTERS_MAX + 1), "more than 65,536 characters"),
        (HEAD, "1 to 20 tables"),
        (HEAD + NOTE * 21, "1 to 20 tables"),
        (HEAD + "events = 5\n", "1 to 20 tables"),
        (HEAD + "events = [5]\n", "Expected a table; found 5"),
        (HEAD + "terms = 5\n" + NOTE, "Expected a table; found 5"),
        (HEAD + "zone = 5\n" + NOTE, "time zone"),
        (HEAD + 'source = "a b"\n' + NOTE, "URI reference"),
        (HEAD + "a = " + "[" * 500 + "]" * 500 + "\n" + NOTE, "not TOML|no 'a' here"),
    ],
    ids=[
        "unfinished",
        "long",
        "none",
        "many",
        "number",
        "numbers",
        "terms",
        "zone",
        "source",
        "deep",
    ],
)
def test_a_file_that_is_no_mapping_is_told(text: str, detail: str) -> None:
    assert any(re.search(detail, fault) for fault in faults_of(text))


@pytest.mark.parametrize("name", ["Trials", "", "a b", "-a", "a-", "a/b", "x" * 65, "ä"])
def test_a_name_stands_in_an_address(name: str) -> None:
    [fault] = faults_of(text_for(Tool.JSON, name=name))
    assert fault.startswith("name: ")


@pytest.mark.parametrize(
    "type_",
    ["cohort.formed", "organisation.joined", "event.voided", "event.corrected", "note.lost"],
)
def test_only_types_that_an_organisation_records_can_be_named(type_: str) -> None:
    assert of_event(f'type = "{type_}"\n[events.data]\n')


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        ("result = 'perhaps'", "one of Supported, Refuted"),
        ("result = { answer = 'a', terms = { 'Yes' = 'perhaps' } }", "one of Supported, Refuted"),
        ("result = { answer = 'a', terms = 5 }", "Expected a table of answers"),
        ("result = { answer = 'a', from = 'b' }", "Expected one of answer, from, created_by"),
        ("result = { answer = 5 }", "Expected one of answer, from, created_by"),
        ("result = { from = 'a[' }", "not JMESPath"),
        ("result = ''", "The value is empty"),
        ("hours = 'some'", "a number"),
        ("hours = [1, 2]", "one answer"),
        ("iteration = { created_by = 'learning.captured' }", "creates a new iteration"),
        ("summary = { created_by = 'iteration.planned' }", "creates a new subject"),
        ("cost = { amoun = 5 }", "Did you mean 'cost.amount'?"),
    ],
    ids=str,
)
def test_what_does_not_fit_a_field_is_told(data: str, detail: str) -> None:
    found = of_event(f'type = "iteration.concluded"\n[events.data]\n{data}\n')
    assert any(detail in fault for fault in found), found


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("when = 5", "Expected a table"),
        ("when = { created_by = 'note.added' }", "creates a new subject"),
        ("visibility = 'everybody'", "Private"),
        ("time = { answers = 'When?' }", "Did you mean 'answer'?"),
        ("data = 5", "Expected a table"),
    ],
)
def test_what_is_wrong_beside_the_data_is_told(line: str, detail: str) -> None:
    assert any(detail in fault for fault in of_event(f'type = "note.added"\n{line}\n'))


def test_the_trials_of_the_tests_have_no_fault() -> None:
    assert mapping_of(TRIALS.replace("TOOL", "tally")).tool is Tool.TALLY

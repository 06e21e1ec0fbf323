"""Everything that people fill in has words: every type, every field, every term."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import orjson
import pytest
from pydantic import BaseModel

from events.access.principal import RECORD
from events.log import EventLog
from events.recording.envelope import Envelopes
from events.vocabulary import terms
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.fields.field_types import OptionalText
from events.vocabulary.json_schemas import json_schema
from events.vocabulary.stream import KINDS
from events.vocabulary.term import Term
from events.vocabulary.types import EventType
from events.vocabulary.types.cohorts import CohortFormed, OrganisationRegistered
from events.vocabulary.types.iterations import Cost, IterationRevised
from events.vocabulary.types.learnings import ReviewHeld
from events.vocabulary.types.questions import QuestionFramed
from events.vocabulary.types.record import EventCorrected, EventVoided
from events.vocabulary.values.identity import EventIdentity
from events.vocabulary.words import (
    LISTS,
    NEW,
    SHARED,
    WORDS,
    FieldWords,
    SharedWords,
    field_words,
    shared_words,
)
from events.vocabulary.words.envelope import ATTRIBUTES
from service.samples.demo import lines

AT_ANY_TIME: Final = (CohortFormed, OrganisationRegistered, EventVoided, EventCorrected)
"""What comes first, and what may come after anything."""

FITTING: Final = Path(__file__).parent / "shared_words.txt"

PARTS: Final[dict[str, type[BaseModel]]] = {"cost": Cost, "event": EventIdentity}
"""Fields whose values may be objects, whose own fields have words as well."""


def fields() -> Iterator[tuple[EventKind, str]]:
    """Yield every field of every type, and those of the objects in them."""
    for kind in VOCABULARY.kinds:
        for field in sorted(kind.fields):
            yield kind, field
            if field in PARTS:
                for part in PARTS[field].model_fields:
                    yield kind, f"{field}.{part}"


def everything() -> Iterator[tuple[str, FieldWords]]:
    """Yield the words of every field, with the name of its type, and of every attribute of the envelope."""
    for kind, field in fields():
        words = field_words(kind, field)
        assert words is not None
        yield f"{kind.name} {field}", words
    for name, words in ATTRIBUTES.items():
        yield f"envelope {name}", words


def demo() -> tuple[list[dict[str, Any]], dict[str, list[Any]]]:
    """Return the events of the demo, and the values in their data by the name of their field and their kind."""
    events = [orjson.loads(line) for line in lines()]
    values: dict[str, list[Any]] = defaultdict(list)
    for event in events:
        kind, _ = found(event)
        values["event.source"].append(event["source"])
        values["event.id"].append(event["id"])
        for field, value in event["data"].items():
            values[field] += [value, *value] if isinstance(value, list) else [value]
        for mention in kind.mentions(event["data"]):
            values[mention.kind].append(mention.key)
    return events, values


def found(event: dict[str, Any]) -> tuple[EventKind, int]:
    """Return the type and the version of an event."""
    known = VOCABULARY.find(event["type"])
    assert known is not None
    return known


def test_every_type_says_when_to_use_it() -> None:
    assert [kind.name for kind in VOCABULARY.kinds if kind.model not in WORDS] == []
    assert [name.name for name in WORDS if name not in {k.model for k in VOCABULARY.kinds}] == []
    for kind in VOCABULARY.kinds:
        use = json_schema(kind)["x-use-when"]
        assert use.startswith("Use this "), kind.name
        assert use.endswith("."), kind.name


def test_what_comes_before_a_type_has_the_type_among_what_comes_after() -> None:
    schemas = {kind.wire_name: json_schema(kind) for kind in VOCABULARY.kinds}
    for name, schema in schemas.items():
        for before in schema["x-before"]:
            assert name in schemas[before]["x-after"]
        for after in schema["x-after"]:
            assert name in schemas[after]["x-before"]
    first = {name for name, schema in schemas.items() if not schema["x-before"]}
    assert first == {model.wire_name() for model in AT_ANY_TIME}
    planned = schemas["org.howcanwe.iteration.planned.v1"]
    assert "org.howcanwe.question.framed.v1" in planned["x-before"]
    assert "org.howcanwe.iteration.started.v1" in planned["x-after"]


def test_every_field_has_words() -> None:
    missing = [f"{kind.name} {field}" for kind, field in fields() if not field_words(kind, field)]
    assert missing == []


def test_there_are_no_words_for_what_no_type_has() -> None:
    known = {(kind.model, field) for kind, field in fields()}
    unknown = [
        f"{words.model.name} {field}"
        for words in WORDS.values()
        for field in words.fields
        if (words.model, field) not in known
    ]
    assert unknown == []
    assert NEW.keys() == set(KINDS)


def test_shared_words_are_used_by_several_types_and_not_written_again() -> None:
    used = Counter(field for kind, field in fields() if shares(kind, field))
    assert {field for field in SHARED if used[field] < 2} == set()
    again = [
        f"{words.model.name} {field}"
        for words in WORDS.values()
        for field, own in words.fields.items()
        if field in SHARED and own == SHARED[field].words
    ]
    assert again == []


def shares(kind: EventKind, field: str) -> bool:
    """Return whether a field has the words that types share."""
    return field in SHARED and field_words(kind, field) is SHARED[field].words


def test_shared_words_are_only_those_of_a_field_with_the_same_type() -> None:
    review = VOCABULARY.of(ReviewHeld)
    assert shared_words(review, "why") is SHARED["why"].words
    assert shared_words(review, "cohort") is SHARED["cohort"].words
    assert shared_words(review, "sustain") is None
    other = {"why": SharedWords(OptionalText, SHARED["why"].words)}
    assert shared_words(review, "why", other) is None
    optional = VOCABULARY.of(IterationRevised)
    assert shared_words(optional, "measure", {"measure": other["why"]}) is other["why"].words


def test_every_field_with_shared_words_is_one_that_they_fit() -> None:
    """A new type whose field has shared words is listed here: read its sentence and the question together."""
    sharing = [
        f"{' '.join(kind.model.meaning.split())} {field}: {SHARED[field].words.question}"
        for kind, field in fields()
        if shares(kind, field)
    ]
    assert sharing == FITTING.read_text().splitlines()


def test_every_field_asks_a_question_in_a_few_words() -> None:
    for field, words in everything():
        assert 1 <= len(words.title) <= 40, field
        assert not words.title.endswith("."), field
        assert "?" in words.question, field
        assert words.question[-1] in "?.", field
        assert len(words.question) <= 200, field
        assert not words.hint or words.hint.endswith("."), field
        assert len(words.hint) <= 200, field


INSTRUCTIONS: Final = re.compile(
    r"\b(Leave|Give|Begin|Choose|Name|Use|Do not|Describe|[Ll]eave it out)\b"
)


def test_a_question_has_no_instructions_since_it_describes_what_is_only_read_as_well() -> None:
    assert [field for field, words in everything() if INSTRUCTIONS.search(words.question)] == []
    assert "How can we" in field_words_of(QuestionFramed, "text").hint


def field_words_of(model: type[EventType], field: str) -> FieldWords:
    """Return the words of a field."""
    words = field_words(VOCABULARY.of(model), field)
    assert words is not None
    return words


def test_what_may_be_left_out_is_optional_and_what_that_means_is_said_of_changes() -> None:
    for kind, field in fields():
        words = field_words(kind, field)
        assert words is not None
        if "eave it out" in words.hint:
            assert field not in kind.required, (kind.name, field)
        if field in kind.model.at_least_one_of:
            assert "At least one of the " in words.hint, (kind.name, field)
        if field in kind.model.at_least_one_of and field not in ("cohort", "organisation"):
            assert re.match(r"Leave it out if (it|they|the \w+) stays?|.*nobody has", words.hint), (
                kind.name,
                field,
            )


def test_no_words_say_outside_any_cohort_where_the_cohort_of_something_else_counts() -> None:
    """An event that names no cohort belongs to that of its iteration, question or session, else to its subject's."""
    for kind, field in fields():
        words = field_words(kind, field)
        if words is SHARED["cohort"].words:
            first, *others = [one for one in kind.references if not one.many]
            assert first.creates or first.kinds == ("organisation",), kind.name
            named = {one.field for one in others if not one.creates}
            assert named & {"iteration", "question", "session"} == set(), kind.name


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_a_schema_asks_for_one_of_the_fields_of_which_one_has_to_be_given(kind: EventKind) -> None:
    schema = json_schema(kind)
    asked = [name for way in schema.get("anyOf", ()) for name in way["required"]]
    assert asked == list(kind.model.at_least_one_of)
    [example] = schema["examples"]
    if asked:
        none = {name: value for name, value in example.items() if name not in asked}
        assert not jsonschema_rs.validator_for(schema).is_valid(none)


ELSEWHERE: Final = {
    ("cohort.formed", "builds_on"),  # The demo has one cohort.
    ("inspiration.shared", "url"),
    *((name, "language") for name in ("cohort.formed", "question.framed", "question.reframed")),
    ("publication.released", "language"),
}
"""Fields whose examples are not from the demo: a value from there would contradict the other examples."""


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_every_type_has_the_data_of_one_event_of_the_demo_as_an_example(kind: EventKind) -> None:
    events, values = demo()
    words = WORDS[kind.model]
    same = [event for event in events if found(event)[0] is kind and event["data"] == words.example]
    assert len(same) == 1
    for field, example in words.others.items():
        assert field not in words.example
        among = [*values[field], *(key for one in kind.takes.get(field, ()) for key in values[one])]
        items = example if isinstance(example, list) else [example]
        is_elsewhere = (kind.name, field) in ELSEWHERE
        assert all(item in among for item in items) or is_elsewhere, (field, example)


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_the_examples_of_a_type_are_valid_together(kind: EventKind) -> None:
    schema = json_schema(kind)
    [example] = schema["examples"]
    together = {name: field["examples"][0] for name, field in schema["properties"].items()}
    assert together.keys() == kind.fields
    assert {**together, **example} == together
    validator = jsonschema_rs.validator_for(schema)
    for data in (example, together):
        validator.validate(data)
        event = next(one for one in demo()[0] if one["data"] == example)
        Envelopes(VOCABULARY).read({**event, "data": data}, RECORD)


async def test_the_examples_of_a_type_together_could_have_been_recorded(log: EventLog) -> None:
    """In the place of the event of the demo from which they are."""
    together = {}
    for kind in VOCABULARY.kinds:
        words = WORDS[kind.model]
        others = {field: value for field, value in words.others.items() if field in kind.fields}
        together[kind.name] = words.example, {**words.example, **others}
    for event in demo()[0]:
        kind, _ = found(event)
        example, data = together[kind.name]
        if event["data"] == example:
            unknown = ("builds_on", "hosts") if kind.model is CohortFormed else ()
            data = {name: value for name, value in data.items() if name not in unknown}
            event = {**event, "data": data}
        await log.append([event])


def test_a_schema_has_the_words_of_its_fields_and_terms() -> None:
    schema = json_schema(VOCABULARY.named("failure.recorded"))
    field = schema["properties"]["for_whom"]
    assert field["title"] == "Who was it a failure for?"
    assert field["description"].endswith("a success.")
    assert field["x-hint"] == "Choose everyone."
    assert field["examples"] == [["participants"]]
    assert field["x-lines"] == "one"
    assert schema["properties"]["why"]["x-lines"] == "many"
    assert schema["$defs"]["Loop" if "Loop" in schema["$defs"] else "ForWhom"]["oneOf"][0] == {
        "const": "organisation",
        "title": "The organisation",
        "description": "The organisation that did the work.",
    }


@pytest.mark.parametrize("name", LISTS)
def test_every_term_has_a_title_and_a_sentence(name: str) -> None:
    listed = LISTS[name].terms
    for term in listed:
        assert 1 <= len(term.title) <= 30, term
        assert term.meaning[0].isupper(), term
        assert term.meaning.endswith("."), term
        assert len(term.meaning) <= 100, term
    for values in zip(*((one.value, one.title, one.meaning) for one in listed), strict=True):
        assert len(set(values)) == len(values)


def test_every_closed_list_has_words_in_its_order() -> None:
    enumerations = [
        one
        for one in vars(terms).values()
        if isinstance(one, type) and issubclass(one, Term) and one is not Term
    ]
    assert len(enumerations) == len(LISTS) - 1
    for one in enumerations:
        assert [term.value for term in LISTS[one.__name__].terms] == [
            member.value for member in one
        ]
    assert [term.value for term in LISTS["EvidenceLevel"].terms] == [1, 2, 3, 4, 5]


def test_a_closed_list_of_numbers_is_published_like_one_of_terms() -> None:
    for name in ("learning.captured", "iteration.concluded"):
        schema = json_schema(VOCABULARY.named(name))
        assert schema["properties"]["evidence_level"]["$ref"] == "#/$defs/EvidenceLevel"
        levels = schema["$defs"]["EvidenceLevel"]
        assert levels["type"] == "integer"
        assert levels["oneOf"][2] == {
            "const": 3,
            "title": "A shown cause",
            "description": "A control or comparison group shows that your work caused the change.",
        }

"""Everything that people fill in has words: every type, every field, every term."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import orjson
import pytest
from pydantic import BaseModel

from events.vocabulary import terms
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.json_schemas import json_schema
from events.vocabulary.stream import KINDS
from events.vocabulary.term import Term
from events.vocabulary.types.cohorts import CohortFormed, OrganisationRegistered
from events.vocabulary.types.iterations import Cost
from events.vocabulary.types.record import EventCorrected, EventVoided
from events.vocabulary.values.identity import EventIdentity
from events.vocabulary.words import NEW, SHARED, WORDS, FieldWords, field_words
from service.samples.demo import lines

LISTS: Final = [
    term
    for term in vars(terms).values()
    if isinstance(term, type) and issubclass(term, Term) and term is not Term
]
AT_ANY_TIME: Final = (CohortFormed, OrganisationRegistered, EventVoided, EventCorrected)
"""What comes first, and what may come after anything."""

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
    """Yield the words of every field, with the name of its type."""
    for kind, field in fields():
        words = field_words(kind, field)
        assert words is not None
        yield f"{kind.name} {field}", words


def demo() -> tuple[dict[tuple[str, str], list[Any]], dict[str, list[Any]]]:
    """Return the values in the demo, by type and field and by field alone; the items of a list count as well."""
    own: dict[tuple[str, str], list[Any]] = defaultdict(list)
    every: dict[str, list[Any]] = defaultdict(list)
    for line in lines():
        event = orjson.loads(line)
        found = VOCABULARY.find(event["type"])
        assert found is not None
        every["event.source"].append(event["source"])
        every["event.id"].append(event["id"])
        for field, value in event["data"].items():
            values = [value, *value] if isinstance(value, list) else [value]
            own[found[0].name, field] += values
            every[field] += values
            if isinstance(value, dict):
                for part, inner in value.items():
                    every[f"{field}.{part}"].append(inner)
        for mention in found[0].mentions(event["data"]):
            every[mention.kind].append(mention.key)
    return own, every


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


def test_shared_words_are_used_and_not_written_again() -> None:
    used = {field for kind, field in fields() if field_words(kind, field) is SHARED.get(field)}
    assert SHARED.keys() - used == set()
    again = [
        f"{words.model.name} {field}"
        for words in WORDS.values()
        for field, own in words.fields.items()
        if own == SHARED.get(field)
    ]
    assert again == []


def test_every_field_asks_a_question_in_a_few_words() -> None:
    for field, words in everything():
        assert 1 <= len(words.title) <= 40, field
        assert not words.title.endswith("."), field
        assert "?" in words.question, field
        assert words.question[-1] in "?.", field
        assert len(words.question) <= 200, field


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_every_example_is_from_the_demo(kind: EventKind) -> None:
    own, every = demo()
    if not any(name == kind.name for name, _ in own):
        pytest.skip("the demo has no event of this type")
    for of, field in fields():
        if of is not kind:
            continue
        words = field_words(kind, field)
        assert words is not None
        example = words.example
        among = own[kind.name, field] or every[field]
        if field in SHARED or field not in kind.fields:
            among = every[field]
        if any(one.field == field for one in kind.references):
            among = [*among, *(key for found in kind.takes[field] for key in every[found])]
        items = example if isinstance(example, list) and example not in among else [example]
        # A field that no event of the demo has yet may have any example.
        assert not among or all(item in among for item in items), (field, example)


def test_a_schema_has_the_words_of_its_fields_and_terms() -> None:
    schema = json_schema(VOCABULARY.named("failure.recorded"))
    field = schema["properties"]["for_whom"]
    assert field["title"] == "Who was it a failure for?"
    assert field["description"].endswith("a success.")
    assert field["examples"] == [["participants"]]
    assert field["x-lines"] == "one"
    assert schema["properties"]["why"]["x-lines"] == "many"
    assert schema["$defs"]["Loop" if "Loop" in schema["$defs"] else "ForWhom"]["oneOf"][0] == {
        "const": "organisation",
        "title": "The organisation",
        "description": "The organisation that did the work.",
    }


@pytest.mark.parametrize("terms_", LISTS, ids=lambda one: one.__name__)
def test_every_term_has_a_title_and_a_sentence(terms_: type[Term]) -> None:
    for term in terms_:
        assert 1 <= len(term.label) <= 30, term
        assert term.meaning[0].isupper(), term
        assert term.meaning.endswith("."), term
        assert len(term.meaning) <= 100, term
    assert len({term.label for term in terms_}) == len(terms_)
    assert len({term.meaning for term in terms_}) == len(terms_)

"""The published schemas are accurate: what they take is recorded, and what is recorded they take."""

from collections.abc import Iterator
from random import Random
from typing import Any, Final

import jsonschema
import jsonschema_rs
import orjson
import pytest

from events.access.principal import RECORD
from events.log import EventLog
from events.recording.envelope import Envelopes, Malformed
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.faults import Fault
from events.vocabulary.fields.definitions import definitions
from events.vocabulary.json_schemas import DRAFT, KEYWORDS, json_schema, schema_of
from events.vocabulary.values.question_form import has_question_form
from service.event_files import batches
from service.samples import demo
from service.samples.generator import generate
from tests.events import samples
from tests.events.vocabulary.random_data import RandomData
from tests.releases import RELEASES

ENVELOPES: Final = Envelopes(VOCABULARY)
CANDIDATES_PER_VALID_MAX: Final = 40
BEYOND: Final = "x-beyond-schema"


def published() -> list[dict[str, Any]]:
    """Return the schemas of all versions of all types."""
    return [
        schema
        for kind in VOCABULARY.kinds
        for version in range(1, kind.model.version + 1)
        if (schema := schema_of(kind, version)) is not None
    ]


VALIDATORS: Final = {schema["title"]: jsonschema_rs.validator_for(schema) for schema in published()}


def faults_of_form(kind: EventKind, data: dict[str, Any]) -> list[Fault]:
    """Return what the service says of the form of a new event with this data."""
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "urn:test",
        "type": kind.wire_name,
        "time": "2024-06-01T12:00:00Z",
        "data": data,
    }
    try:
        return list(ENVELOPES.read(event, RECORD).faults)
    except Malformed as error:
        return list(error.faults)


def breaks_a_rule(kind: EventKind, data: dict[str, Any]) -> bool:
    """Return whether the data breaks a rule that a schema can say as well: it refers to a subject of a kind that the
    field does not take (`subject.unknown`), or asks nothing in any language (`question.how_can_we`).
    """
    asks_nothing = any(
        not any(has_question_form(data[field], language) for language in ("en", "el", "hu"))
        for field in kind.questions
    )
    return asks_nothing or any(one.kind not in kind.takes[one.field] for one in kind.mentions(data))


def announces(schema: dict[str, Any], pointer: str) -> bool:
    """Return whether the schema says that the service asks for more of what a pointer into an event leads to."""
    reached = whole(schema, [schema])
    parts = pointer.removeprefix("/data").split("/")[1:] or [""]
    if parts == [""]:
        ways = [part for way in schema.get("anyOf", ()) for part in way["properties"].values()]
        return any(BEYOND in one for one in whole(schema, ways))
    for part in parts:
        inner = [
            one["items"] if part.isdigit() else one["properties"][part]
            for one in reached
            if ("items" in one if part.isdigit() else part in one.get("properties", {}))
        ]
        reached = whole(schema, inner)
        if any(BEYOND in one for one in reached):
            return True
    return False


def whole(schema: dict[str, Any], parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return these parts of a schema with their alternatives and with what they refer to."""
    found, waiting = [], list(parts)
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += [*one.get("anyOf", ()), *one.get("oneOf", ())]
        if "$ref" in one:
            waiting.append(schema["$defs"][one["$ref"].rpartition("/")[2]])
    return found


def compare(kind: EventKind, valid: int, seed: str) -> None:
    """Compare schema and service until so much data was valid.

    Data that the service takes is valid by the schema. What only the service refuses, the schema announces.
    """
    schema, validator = json_schema(kind), VALIDATORS[kind.wire_name]
    made = RandomData(schema, Random(seed))
    found = 0
    for _ in range(valid * CANDIDATES_PER_VALID_MAX):
        data = made.data()
        faults = faults_of_form(kind, data)
        if not validator.is_valid(data):
            assert faults or breaks_a_rule(kind, data), data
            continue
        found += 1
        for fault in faults:
            assert announces(schema, fault.pointer), (fault, data)
        if found == valid:
            return
    raise AssertionError(f"only {found} of {valid} data were valid")


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_schema_and_service_take_the_same(kind: EventKind) -> None:
    compare(kind, 60, kind.name)


@pytest.mark.long
@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_schema_and_service_take_the_same_two_thousand_times(kind: EventKind) -> None:
    compare(kind, 2_000, f"{kind.name} long")


def faults_of_lines(lines: list[dict[str, Any]]) -> list[str]:
    """Return what the schemas that lines name say of their data."""
    by_id = {schema["$id"]: schema["title"] for schema in published()}
    return [
        f"{line['type']} {error.instance_path}: {error.message}"
        for line in lines
        for error in VALIDATORS[by_id[line["dataschema"]]].iter_errors(line["data"])
    ]


def released() -> Iterator[dict[str, Any]]:
    """Yield the lines of the logs that releases wrote."""
    for path in sorted(RELEASES.glob("*/*/log.ndjson")):
        yield from map(orjson.loads, path.read_bytes().splitlines())


async def test_every_line_of_a_log_is_valid_by_its_own_dataschema(log: EventLog) -> None:
    named = {"id": "long", "source": "urn:test", "time": "2025-01-01T12:00:00Z"}
    texts = {"name": "ö" * 10_000, "email": "dot@" + "ö" * 250}
    for line in demo.lines():
        await log.append([orjson.loads(line)])
    await log.append([samples.introduced(organisation="mill-museum", **named, **texts)])
    for batch in batches(generate(cohorts=1, seed=13, scale=0.5, positions=False), 100):
        await log.append(batch)
    lines = [orjson.loads(line) async for chunk in log.lines() for line in chunk.splitlines()]
    assert len(lines) > len(demo.lines()) + 100
    assert faults_of_lines(lines) == []
    [long] = [line["data"]["name"] for line in lines if line["data"].get("person") == "grace"]
    assert long.startswith("sealed:")
    assert len(long) > 10_000


def test_every_line_that_a_release_wrote_is_valid_by_its_own_dataschema() -> None:
    lines = list(released())
    assert len(lines) > 900
    assert faults_of_lines(lines) == []


def test_every_keyword_that_json_schema_does_not_have_is_announced() -> None:
    used = {
        key
        for schema in published()
        for part in parts_of(schema)
        for key in part
        if key.startswith("x-")
    }
    # The route adds these: the rules are beyond the vocabulary.
    assert used | {"x-rules", "x-advice"} == KEYWORDS.keys()


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema in a schema; what a schema has as examples is none."""
    if isinstance(schema, dict):
        yield schema
        for key, part in schema.items():
            if key != "examples":
                yield from parts_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from parts_of(part)


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_examples_and_defaults_are_valid_by_their_own_schema(kind: EventKind) -> None:
    schema = json_schema(kind)
    for name, field in schema["properties"].items():
        whole = {**field, "$schema": DRAFT, "$defs": schema["$defs"]}
        validator = jsonschema_rs.validator_for(whole)
        for value in [*field["examples"], *([field["default"]] if "default" in field else [])]:
            assert validator.is_valid(value), (name, value)


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_python_s_own_validator_agrees(kind: EventKind) -> None:
    schema = json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    made = RandomData(schema, Random(kind.name))
    for _ in range(60):
        data = made.data()
        # In Python's regular expressions, `$` stands before a last line break, too.
        if not any(text.endswith("\n") for text in texts_of(data)):
            assert validator.is_valid(data) is VALIDATORS[kind.wire_name].is_valid(data), data


def texts_of(data: Any) -> Iterator[str]:
    """Yield every text in the data."""
    if isinstance(data, str):
        yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from texts_of(part)


TEXTS: Final = {
    "x" * 10_000: True,
    "x" * 10_001: False,
    "\u200b" + "x" * 10_000 + " \n": True,
    "": False,
    " \u200b\ufeff": False,
    "a\0b": False,
    "\u200bx": True,
}


@pytest.mark.parametrize(("text", "is_taken"), TEXTS.items(), ids=range(len(TEXTS)))
def test_a_text_is_taken_by_schema_and_service_or_by_neither(text: str, is_taken: bool) -> None:
    kind = VOCABULARY.named("learning.revised")
    data = {"learning": "a", "statement": text, "reason": "b"}
    assert VALIDATORS[kind.wire_name].is_valid(data) is is_taken
    assert (faults_of_form(kind, data) == []) is is_taken


ENDS: Final = {"Text": "x", "OptionalText": "x", "Question": "?", "Theme": "x"}
"""How texts of definitions may end."""


def test_every_definition_of_texts_says_how_long_they_may_be() -> None:
    limited = {name for name, one in definitions().items() if "x-max-length" in one}
    others = {name for name, one in definitions().items() if "maxLength" in one}
    assert limited == ENDS.keys()
    assert definitions().keys() - limited - others == {"Day", "Sealed"}


@pytest.mark.parametrize(("name", "end"), ENDS.items())
def test_a_text_of_the_length_that_a_form_finds_is_taken_and_no_longer_one(
    name: str, end: str
) -> None:
    definition = definitions()[name]
    text = f"{'x' * (definition['x-max-length'] - 1)}{end}"
    validator = jsonschema_rs.validator_for({**definition, "$schema": DRAFT})
    assert validator.is_valid(text)
    assert validator.is_valid(f" {text}\n\u200b")
    assert not validator.is_valid(f"x{text}")


REVISIONS: Final = [
    ("iteration.revised", {"iteration": "a", "reason": "b"}, {"measure": "c"}),
    ("failure.reclassified", {"failure": "a", "reason": "b"}, {"facet": "purpose"}),
    (
        "publication.released",
        {"publication": "a", "kind": "report", "title": "b", "licence": "MIT"},
        {"cohort": "c"},
    ),
]


@pytest.mark.parametrize(("name", "data", "one"), REVISIONS, ids=[name for name, *_ in REVISIONS])
def test_at_least_one_of_some_fields_is_asked_for(
    name: str, data: dict[str, Any], one: dict[str, Any]
) -> None:
    kind = VOCABULARY.named(name)
    absent = dict.fromkeys(one)
    blank = dict.fromkeys(one, " ") if name == "iteration.revised" else {}
    for more, is_taken in ((one, True), ({}, False), (absent, False), (blank, False)):
        assert VALIDATORS[kind.wire_name].is_valid(data | more) is is_taken, more
        assert (faults_of_form(kind, data | more) == []) is is_taken, more


def test_what_is_optional_takes_null_and_an_integer_may_be_written_with_a_point() -> None:
    for kind in VOCABULARY.kinds:
        schema = json_schema(kind)
        for name in kind.fields - kind.required:
            whole = {**schema["properties"][name], "$schema": DRAFT, "$defs": schema["$defs"]}
            assert jsonschema_rs.is_valid(whole, None), (kind.name, name)
    data = {"iteration": "a", "people": 12.0, "level": "inform"}
    kind = VOCABULARY.named("participation.recorded")
    assert VALIDATORS[kind.wire_name].is_valid(data)
    assert faults_of_form(kind, data) == []

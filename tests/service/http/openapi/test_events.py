"""The schemas of events in the description: each type has one, and it takes what the published schemas take."""

from random import Random
from typing import Any, Final

import jsonschema_rs
import orjson
import pytest

from events.lines.candidate import SERVER_SET
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.json_schemas import json_schema
from events.vocabulary.words.envelope import EXAMPLE
from service.http.openapi.events import name_of
from service.samples import demo
from tests.events import samples
from tests.events.vocabulary.random_data import RandomData
from tests.service.app import Api
from tests.service.http.openapi.described import document, resolved, validator
from tests.service.http.resources.test_event_types import real

EACH: Final = 40
KINDS: Final = [pytest.param(kind, id=kind.name) for kind in VOCABULARY.kinds]
SCHEMAS: Final[dict[str, Any]] = document()["components"]["schemas"]


@pytest.mark.parametrize("union", ["Event", "RecordedEvent"])
def test_every_version_of_every_type_is_told_apart_by_its_name(union: str) -> None:
    discriminator = SCHEMAS[union]["discriminator"]
    assert discriminator["propertyName"] == "type"
    assert discriminator["mapping"].keys() == {
        name for kind in VOCABULARY.kinds for name in kind.wire_names
    }
    assert {one["$ref"] for one in SCHEMAS[union]["oneOf"]} == set(
        discriminator["mapping"].values()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_has_the_fields_words_and_example_that_its_published_schema_has(
    kind: EventKind,
) -> None:
    published, described = json_schema(kind), SCHEMAS[f"{name_of(kind)}Data"]
    assert described["properties"].keys() == published["properties"].keys()
    assert described["required"] == published["required"]
    assert described["examples"] == published["examples"]
    for name, field in described["properties"].items():
        assert field["description"] == published["properties"][name]["description"]
        assert "default" not in field


@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_the_data_that_the_published_schema_takes(kind: EventKind) -> None:
    published = json_schema(kind)
    made = RandomData(published, Random(kind.name))
    theirs = jsonschema_rs.validator_for(published)
    ours = validator(f"{name_of(kind)}Data")
    names = kind.model.at_least_one_of
    for data in [made.data() for _ in range(EACH)]:
        event = {**EXAMPLE, "type": kind.wire_name, "data": data}
        assert validator("Event").is_valid(event) is ours.is_valid(data)
        if any(isinstance(data.get(name), str) and not data[name].strip() for name in names):
            continue  # A schema does not know that a blank text is none.
        assert ours.is_valid(data) is theirs.is_valid(data), data


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, id=kind.name) for kind in VOCABULARY.kinds if kind.model.at_least_one_of],
)
def test_one_of_the_fields_of_which_a_type_needs_one_is_needed(kind: EventKind) -> None:
    [example] = json_schema(kind)["examples"]
    without = {k: v for k, v in example.items() if k not in kind.model.at_least_one_of}
    assert validator(f"{name_of(kind)}Data").is_valid(example)
    assert not validator(f"{name_of(kind)}Data").is_valid(without)


def test_events_that_people_recorded_are_valid_and_others_are_not() -> None:
    for event in real():
        validator("Event").validate(event)
    assert not validator("Event").is_valid({"id": "1"})
    assert not validator("Event").is_valid(samples.formed())
    assert not validator("Event").is_valid({**EXAMPLE, "type": "org.howcanwe.sheep.shorn.v1"})
    assert not validator("Event").is_valid({**EXAMPLE, "data": {"sheep": 1}})


async def test_lines_are_valid_and_have_every_attribute_that_the_log_sets(api: Api) -> None:
    await api.record(orjson.loads(line) for line in demo.lines())
    lines = await api.lines()
    for line in lines:
        validator("RecordedEvent").validate(line)
    for name in SERVER_SET:
        assert SCHEMAS["LogAttributes"]["properties"][name]["description"]
        if name != "about":
            without = {key: value for key, value in lines[0].items() if key != name}
            assert not validator("RecordedEvent").is_valid(without), name


def test_a_closed_list_says_what_each_of_its_terms_means() -> None:
    degree = resolved({"$ref": "#/components/schemas/Degree"})
    assert degree["enum"][0] == "outright_failure"
    assert (
        "- `outright_failure`: Nothing of what was intended was achieved" in degree["description"]
    )
    level = SCHEMAS["EvidenceLevel"]
    assert (level["type"], level["enum"]) == ("integer", [1, 2, 3, 4, 5])


def test_a_definition_with_other_words_in_another_type_has_that_type_s_name() -> None:
    assert {name for name in SCHEMAS if "EventIdentity" in name} == {
        "EventVoidedEventIdentity",
        "EventCorrectedEventIdentity",
    }

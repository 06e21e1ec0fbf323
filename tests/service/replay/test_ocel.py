"""OCEL 2.0: an export is valid by the standard's JSON Schema, and its counts are the log's.

The schema asks here, in our own words, for all that the published one asks for (OCEL 2.0 specification, section 8.2:
Draft 7, every value a text).
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import orjson
import pytest

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import KINDS
from tests.processes import run
from tests.service.replay.logs import table

_TEXT: Final = {"type": "string"}
_TIME: Final = {"type": "string", "format": "date-time"}


def _list_of(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    item = {
        "type": "object",
        "required": sorted(required),
        "properties": {**required, **(optional or {})},
    }
    return {"type": "array", "items": item}


_TYPES: Final = _list_of({"name": _TEXT, "attributes": _list_of({"name": _TEXT, "type": _TEXT})})
_RELATIONSHIPS: Final = _list_of({"objectId": _TEXT, "qualifier": _TEXT})
SCHEMA: Final = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["eventTypes", "objectTypes", "events", "objects"],
    "properties": {
        "eventTypes": _TYPES,
        "objectTypes": _TYPES,
        "events": _list_of(
            {"id": _TEXT, "type": _TEXT, "time": _TIME},
            {
                "attributes": _list_of({"name": _TEXT, "value": _TEXT}),
                "relationships": _RELATIONSHIPS,
            },
        ),
        "objects": _list_of(
            {"id": _TEXT, "type": _TEXT},
            {
                "attributes": _list_of({"name": _TEXT, "value": _TEXT, "time": _TIME}),
                "relationships": _RELATIONSHIPS,
            },
        ),
    },
}


async def exported(url: str, out: Path, *options: str) -> Any:
    done = await asyncio.to_thread(run, "replay", url, "--out", out, "--format", "ocel", *options)
    assert done.returncode == 0, done.stderr
    return orjson.loads(out.read_bytes())


@pytest.fixture
async def ocel(filled_url: str, tmp_path: Path) -> Any:
    """The whole of a log."""
    return await exported(filled_url, tmp_path / "log.json")


def test_it_is_valid_by_the_schema(ocel: Any) -> None:
    validator = jsonschema_rs.Draft7Validator(SCHEMA, validate_formats=True)
    assert [str(error) for error in validator.iter_errors(ocel)] == []
    broken = {**ocel, "events": [{**ocel["events"][0], "time": "yesterday"}]}
    assert not validator.is_valid(broken)


async def test_its_counts_are_those_of_the_log(filled_url: str, ocel: Any) -> None:
    assert [(len(ocel["events"]),)] == await table(filled_url, "select count(*) from events")
    # Everyone who is named is an object, those whose creation was voided since included.
    named = await table(
        filled_url,
        "select split_part(stream, '/', 1), count(distinct stream) from stream_events group by 1",
    )
    assert Counter(found["type"] for found in ocel["objects"]) == dict(named)
    by_type = await table(filled_url, "select type, count(*) from events group by 1")
    assert Counter(VOCABULARY.named(event["type"]).wire_name for event in ocel["events"]) == dict(
        by_type
    )


def test_ids_are_unique_and_every_related_object_exists(ocel: Any) -> None:
    objects = {found["id"] for found in ocel["objects"]}
    assert len(objects) == len(ocel["objects"])
    assert len({event["id"] for event in ocel["events"]}) == len(ocel["events"])
    for found in (*ocel["events"], *ocel["objects"]):
        assert {related["objectId"] for related in found["relationships"]} <= objects
    assert all(event["relationships"] for event in ocel["events"])


READ: Final[Mapping[str, Callable[[str], object]]] = {
    "integer": int,
    "float": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "string": str,
    "time": datetime.fromisoformat,
}


def test_attributes_are_declared_and_read_as_their_types(ocel: Any) -> None:
    for types, things in (("eventTypes", "events"), ("objectTypes", "objects")):
        declared = {
            kind["name"]: {attribute["name"]: attribute["type"] for attribute in kind["attributes"]}
            for kind in ocel[types]
        }
        for found in ocel[things]:
            for attribute in found["attributes"]:
                type_ = declared[found["type"]][attribute["name"]]
                READ[type_](attribute["value"])
    assert [kind["name"] for kind in ocel["objectTypes"]] == list(KINDS)


def test_relations_are_qualified_by_the_field_that_makes_them(ocel: Any) -> None:
    planned = next(event for event in ocel["events"] if event["type"] == "iteration.planned")
    qualifiers = {related["qualifier"] for related in planned["relationships"]}
    assert {"iteration", "organisation", "question"} <= qualifiers
    iteration = next(found for found in ocel["objects"] if found["type"] == "iteration")
    assert {"organisation", "question"} <= {r["qualifier"] for r in iteration["relationships"]}
    assert {"title", "hypothesis"} <= {a["name"] for a in iteration["attributes"]}


async def test_events_name_those_that_void_and_correct_them(filled_url: str, ocel: Any) -> None:
    lines = [orjson.loads(line) for (line,) in await table(filled_url, "select event from events")]
    voids = {line["about"]: line["position"] for line in lines if ".event.voided." in line["type"]}
    corrected = {line["about"] for line in lines if ".event.corrected." in line["type"]}
    assert voids
    assert corrected
    found: dict[str, dict[int, int]] = {"voided_by": {}, "corrected_by": {}}
    for event in ocel["events"]:
        own = {attribute["name"]: attribute["value"] for attribute in event["attributes"]}
        for name in found.keys() & own.keys():
            found[name][int(own["position"])] = int(own[name])
    assert found["voided_by"] == voids
    assert found["corrected_by"].keys() <= corrected
    # The corrections of all others were voided.
    undone = voids.keys() & {line["position"] for line in lines if ".corrected." in line["type"]}
    assert len(corrected - found["corrected_by"].keys()) <= len(undone)


def test_nothing_personal_is_in_it(ocel: Any) -> None:
    introduced = [event for event in ocel["events"] if event["type"] == "person.introduced"]
    assert introduced
    for event in introduced:
        assert not {"name", "email"} & {attribute["name"] for attribute in event["attributes"]}


async def test_an_empty_range_is_valid_too(database_url: str, tmp_path: Path) -> None:
    empty = await exported(database_url, tmp_path / "empty.json")
    assert jsonschema_rs.Draft7Validator(SCHEMA).is_valid(empty)
    assert (empty["events"], empty["objects"]) == ([], [])

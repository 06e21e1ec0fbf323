"""The vocabulary over HTTP: the catalogue, a schema per type, the pages that describe every call."""

import itertools
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from events.vocabulary.catalogue import VOCABULARY, Mark
from service.samples.demo import __file__ as demo
from tests.events import samples
from tests.service.app import Api, problem

NAMES = [kind.wire_name for kind in VOCABULARY.kinds]
DATA = Path(__file__).parents[3] / "data" / "published-cohorts.ndjson"


def real() -> list[dict[str, Any]]:
    """Return events that people recorded, and those of the sample cohort."""
    files = [DATA, *Path(demo).parent.glob("*.ndjson")]
    return [orjson.loads(line) for file in files for line in file.read_bytes().splitlines()]


async def test_every_type_is_listed_with_what_it_does(api: Api) -> None:
    listed = (await api.get("/event-types", None)).json()["event_types"]
    assert [kind["type"] for kind in listed] == NAMES
    for kind in listed:
        assert kind["description"].endswith(".")
        assert kind["effect"] in [mark.value for mark in Mark]
        assert kind["recorded_by"]
        assert kind["schema"] == f"/event-types/{kind['type']}"
        assert kind["dataschema"] == f"urn:howcanwe:event-type:{kind['type']}"
        assert all(set(name) == {"kinds", "many"} for name in kind["names"].values())
    planned = next(kind for kind in listed if "iteration.planned" in kind["type"])
    assert planned["creates"] == ["iteration"]
    assert planned["names"]["inspired_by"] == {
        "kinds": ["inspiration", "learning", "iteration"],
        "many": True,
    }
    assert "iteration.follows_open" in planned["rules"]
    assert planned["use_when"].startswith("Use this when you have decided what to try next")
    assert "org.howcanwe.question.framed.v1" in planned["before"]
    assert "org.howcanwe.iteration.started.v1" in planned["after"]


PROVOKED: dict[str, list[samples.EventJson]] = {
    "field": [samples.noted("cohort/heritage", text=" ")],
    "subject.exists": [samples.registered("mill")],
    "subject.unknown": [samples.started("nowhere")],
    "question.how_can_we": [
        samples.formed("other", text="Why so?"),
        samples.framed("wheel", text="Why so?"),
    ],
    "member.already": [samples.joined("mill")],
    "member.required": [samples.framed("wheel", "library", cohort="heritage")],
    "cohort.closed": [samples.framed("wheel", time=samples.at(99), cohort="heritage")],
    "time.future": [samples.noted("cohort/heritage", time="9000-01-01T00:00:00Z")],
    "void.dependants": [samples.voided(1)],
}


@pytest.mark.parametrize("rule", PROVOKED)
async def test_a_rule_that_refuses_an_event_is_named_for_its_type(story: Api, rule: str) -> None:
    listed = (await story.get("/event-types", None)).json()["event_types"]
    named = {kind["type"]: kind["rules"] for kind in listed}
    if rule == "cohort.closed":
        assert (await story.post(samples.closed(time=samples.at(9)))).status_code == 201
    for event in PROVOKED[rule]:
        answer = (await story.post(event)).json()
        assert rule in {error["rule"] for error in answer["errors"]}, answer
        assert {error["rule"] for error in answer["errors"]} <= set(named[event["type"]])


async def test_advice_that_is_given_is_named_for_the_event_s_type(story: Api) -> None:
    listed = (await story.get("/event-types", None)).json()["event_types"]
    named = {kind["type"]: kind["advice"] for kind in listed}
    event = samples.formed("short", planned_months=2)
    answer = (await story.post(event)).json()
    [given] = answer["receipts"][0]["warnings"]
    assert given["rule"] == "cohort.months"
    assert "cohort.months" in named[event["type"]]


async def test_the_keywords_of_the_schemas_are_announced(api: Api) -> None:
    keywords = (await api.get("/event-types", None)).json()["keywords"]
    schema = (await api.get(f"/event-types/{NAMES[0]}", None)).json()
    assert {key for key in schema if key.startswith("x-")} <= keywords.keys()
    assert "question.how_can_we" in schema["x-rules"]
    assert "cohort.months" in schema["x-advice"]
    assert "x-beyond-schema" in keywords


@pytest.mark.parametrize("name", NAMES)
async def test_the_schema_of_a_type_takes_real_events_and_no_broken_ones(
    api: Api, name: str
) -> None:
    response = await api.get(f"/event-types/{name}", None)
    assert response.headers["content-type"] == "application/schema+json"
    schema = response.json()
    assert schema["$id"] == f"urn:howcanwe:event-type:{name}"
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.validator_for(schema)
    examples = [event["data"] for event in real() if event["type"] == name]
    assert examples
    for data in examples:
        validator.validate(data)
    example = examples[0]
    assert not validator.is_valid({**example, "sheep": 1})
    assert not validator.is_valid([])
    for field in schema["required"]:
        assert not validator.is_valid(
            {key: value for key, value in example.items() if key != field}
        )
        assert not validator.is_valid({**example, field: {"sheep": 1}})


async def test_the_earlier_version_of_a_type_is_listed_and_has_its_schema(api: Api) -> None:
    listed = (await api.get("/event-types", None)).json()["event_types"]
    earlier = {kind["type"]: kind["earlier_types"] for kind in listed if kind["earlier_types"]}
    v1, v2 = (f"org.howcanwe.publication.released.v{version}" for version in (1, 2))
    assert earlier == {v2: [v1]}
    old, new = [(await api.get(f"/event-types/{name}", None)).json() for name in (v1, v2)]
    assert old == new | {"$id": f"urn:howcanwe:event-type:{v1}", "title": v1}
    described = (await api.get("/openapi.json", None)).text
    assert v1 in described
    assert v2 in described


async def test_an_event_of_an_earlier_version_names_that_version_s_schema(story: Api) -> None:
    event = samples.released() | {"type": "org.howcanwe.publication.released.v1"}
    assert (await story.post(event)).status_code == 201
    line = (await story.lines())[-1]
    assert line["type"] == "org.howcanwe.publication.released.v1"
    assert line["dataschema"] == "urn:howcanwe:event-type:org.howcanwe.publication.released.v1"


async def test_the_dataschema_of_a_recorded_event_is_its_schemas_id(story: Api) -> None:
    for line in await story.lines():
        schema = (await story.get(f"/event-types/{line['type']}")).json()
        assert schema["$id"] == line["dataschema"]


@pytest.mark.parametrize("name", ["sheep", "org.howcanwe.cohort.formed.v2", "%00"])
async def test_another_type_is_not_found(api: Api, name: str) -> None:
    problem(await api.get(f"/event-types/{name}"), 404)


@pytest.mark.parametrize("name", ["cohort.formed", "org.howcanwe.cohort.formed"])
async def test_a_short_name_gives_the_present_version(api: Api, name: str) -> None:
    full = VOCABULARY.named("cohort.formed").wire_name
    given, expected = [await api.get(f"/event-types/{one}") for one in (name, full)]
    assert given.status_code == 200
    assert given.content == expected.content


async def test_who_misspells_a_type_is_told_what_was_probably_meant(api: Api) -> None:
    for path in ("/event-types/note.add", "/events?type=org.howcanwe.note.add.v1"):
        assert "did you mean note.added?" in (await api.get(path)).text, path


async def test_the_page_for_people_is_served_with_all_that_it_shows(api: Api) -> None:
    response = await api.get("/docs", None)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "://" not in response.text
    named = re.findall(r"(?:href|src)=\"(.*?)\"|url: '(.*?)'", response.text)
    for name in filter(None, itertools.chain.from_iterable(named)):
        assert (await api.get(f"/{name}", None)).status_code == 200, name
    assert (await api.get("/docs/core.py", None)).status_code == 404
    assert (await api.get("/docs/..%2fcore.py", None)).status_code == 404

"""The OpenAPI document is complete, says what is so, and each of its examples runs."""

import re
from typing import Final

import jsonschema_rs
import orjson
import pytest
from fastapi import APIRouter

from events.access.policy import Action, may_ever
from events.access.principal import Role
from service.access import endpoints
from service.app import create_app
from service.http.openapi.document import TAGS, Undescribed
from service.http.openapi.document import document as made
from service.problems import TITLES
from tests.processes import run
from tests.service.app import Api
from tests.service.http.openapi.described import calls, document, references, resolved

FOR_BROWSERS: Final = {
    *endpoints.PAGES,
    *endpoints.COMMONS,
    *("GET /robots.txt", "GET /assets/{name}", "GET /queries/{name}"),
    *("GET /docs", "GET /docs/{asset}", "GET /graphql/{asset}"),
}
DESCRIPTIONS: Final = {"GET /openapi.json", "GET /asyncapi.json"}
ID_LENGTH_MAX: Final = 20


def test_every_call_is_described_but_pages_for_people() -> None:
    described = {f"{call.method} {call.path}" for call in calls()}
    assert described == endpoints.HTTP.keys() - FOR_BROWSERS - DESCRIPTIONS - {"WS /graphql"}


def test_a_call_has_a_short_id_of_its_own_a_tag_and_words() -> None:
    ids = [call.described["operationId"] for call in calls()]
    assert len(ids) == len(set(ids))
    for call in calls():
        about = call.described
        assert re.fullmatch("[a-z]+([A-Z][a-z]+)*", about["operationId"])
        assert len(about["operationId"]) <= ID_LENGTH_MAX
        assert about["description"].endswith(".")
        assert about["summary"] and not about["summary"].endswith(".")
        [tag] = about["tags"]
        assert tag in TAGS
    assert {tag["name"] for tag in document()["tags"]} == TAGS.keys()


def test_who_may_call_is_what_the_policy_says() -> None:
    schemes = document()["components"]["securitySchemes"]
    with_key = {name for name, one in schemes.items() if name in ("key", "token")}
    assert {schemes[name]["scheme"] for name in with_key} == {"bearer"}
    for call in calls():
        action = endpoints.HTTP[f"{call.method} {call.path}"]
        security = call.described["security"]
        used = {name for one in security for name in one}
        if action is Action.SUBMIT:
            # Each of these alone opens a hook, with any key or none.
            assert used == schemes.keys() - with_key and len(security) == len(used)
            continue
        assert used <= with_key
        assert ({} in security or not security) is may_ever(Role.PUBLIC, action), call
        assert call.described["x-roles"] == [role for role in Role if may_ever(role, action)]
        assert ("403" in call.described["responses"]) is not all(
            may_ever(role, action) for role in Role
        )


def test_a_call_has_each_parameter_once_and_all_that_its_path_names() -> None:
    for call in calls():
        parameters = [resolved(one) for one in call.described.get("parameters", [])]
        named = [(one["in"], one["name"]) for one in parameters]
        assert len(named) == len(set(named)), call.path
        in_path = {name for where, name in named if where == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", call.path))


def test_every_reference_leads_to_a_component_and_every_component_is_used() -> None:
    used = {
        *references(document()),
        *(
            address
            for schema in ("Event", "RecordedEvent")
            for address in document()["components"]["schemas"][schema]["discriminator"][
                "mapping"
            ].values()
        ),
    }
    for address in used:
        resolved({"$ref": address})
    listed = {
        f"#/components/{section}/{name}"
        for section, parts in document()["components"].items()
        for name in parts
        if section != "securitySchemes"
    }
    assert listed == used


def test_a_refusal_is_described_once_a_status() -> None:
    responses = document()["components"]["responses"]
    statuses = {
        int(status)
        for call in calls()
        for status, answer in call.described["responses"].items()
        if "$ref" in answer
    }
    titles = {TITLES[status][1] + "." for status in statuses}
    assert {one["description"] for one in responses.values()} == titles
    for one in responses.values():
        [(media, content)] = one["content"].items()
        assert (media, content["schema"]) == (
            "application/problem+json",
            {"$ref": "#/components/schemas/Problem"},
        )


def test_every_answer_has_the_id_of_its_request() -> None:
    for call in calls():
        for answer in call.described["responses"].values():
            assert "X-Request-Id" in resolved(answer)["headers"], call.path


def test_its_schemas_are_json_schemas() -> None:
    for name, schema in document()["components"]["schemas"].items():
        jsonschema_rs.meta.validate(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )
        assert schema["title"] == name


def test_the_body_of_events_has_every_form_in_which_they_are_taken() -> None:
    content = resolved({"$ref": "#/components/requestBodies/Events"})["content"]
    assert content.keys() == {
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/json",
    }
    taken = [
        one["$ref"].rpartition("/")[2] for one in content["application/json"]["schema"]["anyOf"]
    ]
    assert taken == ["Event", "EventBatch", "EventData"]


def test_a_route_that_does_not_say_what_it_answers_is_an_error() -> None:
    router = APIRouter(tags=["read"])
    router.add_api_route("/events", lambda: None, methods=["GET"])
    with pytest.raises(Undescribed, match="what GET /events answers"):
        made([router])
    router = APIRouter(tags=["read"])
    router.add_api_route("/events/{position}", lambda: None, responses={200: {}})
    with pytest.raises(Undescribed, match=r"the parameters of GET /events/\{position\}"):
        made([router])


async def test_it_is_the_same_each_time_and_sent_once(api: Api) -> None:
    first = await api.get("/openapi.json", None)
    assert first.headers["content-type"] == "application/json"
    assert first.json() == document() == create_app(None).openapi()
    tag = first.headers["etag"]
    again = await api.get("/openapi.json", None, if_none_match=tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await api.get("/openapi.json", None, if_none_match='"x"')).status_code == 200


def test_another_process_describes_the_same() -> None:
    printed = run("openapi", alone=True, settings={"PYTHONHASHSEED": "7"}).stdout
    assert printed == orjson.dumps(document(), option=orjson.OPT_INDENT_2) + b"\n"

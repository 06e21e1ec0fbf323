"""The whole matrix: every route, field and cell, from the routes and the schema; what nobody declared fails here."""

import pytest
from fastapi import APIRouter
from graphql import GraphQLObjectType, build_schema

from events.access.policy import (
    RECORDING,
    TABLE,
    Action,
    Relation,
    Role,
    allows,
    may_ever,
    recording,
)
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import Visibility
from events.vocabulary.types import EVENT_TYPES, RecordedBy
from service.access import endpoints
from service.app import create_app
from service.errors import UndeclaredEndpoint
from service.graphql.schema import sdl
from service.http.resources import health
from tests.service.access.examples import ASKED, NOT_BY_KEY, NOT_OVER_HTTP, WHO, in_relation
from tests.service.access.ways import graph_answer
from tests.service.app import BATCH, Api, open_api, person


def test_every_cell_is_declared() -> None:
    declared = {
        (action, role, relation)
        for action, rows in TABLE.items()
        for role, row in rows.items()
        for relation in row
    }
    assert declared == {(a, role, rel) for a in Action for role in Role for rel in Relation}
    for role in Role:
        for relation in Relation:
            assert isinstance(TABLE[Action.READ][role][relation], Visibility)


def test_every_event_type_is_recorded_by_the_policy() -> None:
    assert RECORDING.keys() == set(RecordedBy)
    for type_ in EVENT_TYPES:
        if type_.recorded_by is not RecordedBy.AMENDER:
            assert may_ever(Role.FACILITATOR, recording(VOCABULARY.of(type_)))


def test_every_route_is_declared_and_nothing_else() -> None:
    assert set(endpoints.endpoints_of(create_app(None))) == endpoints.HTTP.keys()
    assert endpoints.HTTP.keys() == ASKED.keys() | NOT_OVER_HTTP | NOT_BY_KEY


def test_every_field_of_the_graph_is_declared_and_nothing_else() -> None:
    graph = build_schema(sdl())
    fields = {
        f"{name}.{field}"
        for name, type_ in graph.type_map.items()
        if isinstance(type_, GraphQLObjectType)
        for field in type_.fields
    }
    assert set(endpoints.types_of(graph)) == {name for name in endpoints.GRAPH if "." not in name}
    assert {name for name in endpoints.GRAPH if "." in name} <= fields


def test_a_route_that_nobody_declared_keeps_the_service_from_starting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    router = APIRouter()
    router.add_api_route("/cellar", lambda: None)
    monkeypatch.setattr(health, "router", router)
    with pytest.raises(UndeclaredEndpoint, match="GET /cellar"):
        create_app(None)


def test_a_type_of_the_graph_that_nobody_declared_keeps_the_service_from_starting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {name: action for name, action in endpoints.GRAPH.items() if name != "Note"}
    monkeypatch.setattr(endpoints, "GRAPH", known)
    with pytest.raises(UndeclaredEndpoint, match="Note"):
        create_app(None)


@pytest.mark.parametrize("call", sorted(ASKED))
async def test_a_route_lets_in_whom_it_is_for_and_nobody_else(api: Api, call: str) -> None:
    method, _ = call.split(" ")
    path, body = ASKED[call]
    answers = {}
    for role, who in WHO.items():
        media = BATCH if "events" in path else "application/json"
        # Forms are refused unless a page of the service sends them.
        headers = api.headers(who, {"content-type": media, "sec-fetch-site": "same-origin"})
        response = await api.client.request(method, path, content=body, headers=headers)
        answers[role] = response.status_code
    expected = endpoints.HTTP[call]
    for role, status in answers.items():
        if may_ever(role, expected):
            assert status not in (401, 403, 500), (role, status)
        else:
            assert status == (401 if role is Role.PUBLIC else 403), role


async def test_keys_of_organisations_are_made_shown_and_ended_as_the_policy_says(
    story: Api,
) -> None:
    ours = await story.key(Role.FACILITATOR, cohorts=("heritage",))
    others = await story.key(Role.FACILITATOR, cohorts=("next",))
    asks: list[tuple[str | None, Role, Relation]] = [
        (ours, Role.FACILITATOR, Relation.OWN),
        (others, Role.FACILITATOR, Relation.OTHER),
        *((WHO[role], role, Relation.OTHER) for role in WHO if role is not Role.FACILITATOR),
    ]
    for who, role, relation in asks:
        key = await story.key(Role.ORGANISATION, organisation="mill")
        id_ = key.split("_")[1]
        grant = b'{"role": "organisation", "organisation": "mill"}'
        made = await story.send(grant, "application/json", who, "/keys")
        listed = await story.get("/keys", who)
        ended = await story.client.delete(f"/keys/{id_}", headers=story.headers(who))
        may = allows(role, Action.GRANT_ORGANISATION, relation)
        assert (made.status_code == 201) is may, (role, relation)
        is_listed = listed.is_success and id_ in [one["id"] for one in listed.json()["keys"]]
        assert is_listed is may, (role, relation)
        assert (ended.status_code == 204) is may, (role, relation)


async def test_a_name_is_shown_to_whom_the_policy_says(database_url: str) -> None:
    async with open_api(database_url, lives=True) as api:
        assert (await api.post(*in_relation())).status_code == 201
        assert (await api.post(person())).status_code == 201
        ours = await api.key(Role.FACILITATOR, cohorts=("heritage",))
        others = await api.key(Role.FACILITATOR, cohorts=("next",))
        bakery = await api.key(Role.ORGANISATION, organisation="bakery")
        viewers = {
            ours: (Role.FACILITATOR, Relation.OWN),
            "facilitator": (Role.FACILITATOR, Relation.OWN),
            others: (Role.FACILITATOR, Relation.OTHER),
            "mill": (Role.ORGANISATION, Relation.OWN),
            "archive": (Role.ORGANISATION, Relation.PAIR),
            bakery: (Role.ORGANISATION, Relation.COHORT),
            "library": (Role.ORGANISATION, Relation.OTHER),
            "guest": (Role.GUEST, Relation.OWN),
            "evaluator": (Role.EVALUATOR, Relation.OWN),
            "analyst": (Role.ANALYST, Relation.OTHER),
            "admin": (Role.ADMIN, Relation.OTHER),
            None: (Role.PUBLIC, Relation.OTHER),
        }
        query = '{ person(key: "grace") { key organisation { key } role name email } }'
        unknown = '{ person(key: "nobody") { key organisation { key } role name email } }'
        for who, (role, relation) in viewers.items():
            person_shown = (await graph_answer(api, who, query))["person"]
            if allows(role, Action.READ_PERSONAL, relation):
                assert (person_shown["name"], person_shown["email"]) == (
                    "Grace Hopper",
                    "grace@example.org",
                )
            else:
                assert person_shown is None
            assert (await graph_answer(api, who, unknown))["person"] is None


async def test_who_evaluates_a_cohort_is_shown_to_whom_the_policy_says(database_url: str) -> None:
    async with open_api(database_url, lives=True) as api:
        assert (await api.post(*in_relation())).status_code == 201
        ours = await api.key(Role.FACILITATOR, cohorts=("heritage",))
        others = await api.key(Role.FACILITATOR, cohorts=("next",))
        viewers = {
            "facilitator": (Role.FACILITATOR, Relation.OWN),
            ours: (Role.FACILITATOR, Relation.OWN),
            others: (Role.FACILITATOR, Relation.OTHER),
            "mill": (Role.ORGANISATION, Relation.COHORT),
            "library": (Role.ORGANISATION, Relation.OTHER),
            "guest": (Role.GUEST, Relation.COHORT),
            "evaluator": (Role.EVALUATOR, Relation.OWN),
            "analyst": (Role.ANALYST, Relation.OTHER),
            "admin": (Role.ADMIN, Relation.OTHER),
            None: (Role.PUBLIC, Relation.OTHER),
        }
        expected = [f"service/{api.keys['evaluator'].split('_')[1]}"]
        for who, (role, relation) in viewers.items():
            found = (await graph_answer(api, who, '{ cohort(key: "heritage") { evaluators } }'))[
                "cohort"
            ]
            may = allows(role, Action.READ_EVALUATORS, relation)
            assert found == {"evaluators": expected if may else None}, (role, relation)

"""Every way to content, for every role in every relation: it shows what the policy says."""

from graphql import GraphQLObjectType, build_schema

from events.access.policy import (
    Action,
    Relation,
    Role,
    shows,
)
from events.vocabulary.terms import Visibility
from service.access import endpoints
from service.graphql.schema import sdl
from service.graphql.types.listed import SHAPES
from service.pages.routes import FILES, PAGES
from tests.events.samples import asked, joined
from tests.service.access.examples import in_relation
from tests.service.access.ways import BOUNDED, WAYS, notes_shown
from tests.service.app import open_api


def test_every_way_to_content_is_asked() -> None:
    types = build_schema(sdl()).type_map
    graph, followed = types["Query"], types["Subscription"]
    assert isinstance(graph, GraphQLObjectType)
    assert isinstance(followed, GraphQLObjectType)
    reading = {call for call, action in endpoints.HTTP.items() if action is Action.READ}
    # What is for anybody shows everybody the same: tests.service.pages.commons.
    reading -= {page.endpoint for page in (*FILES, *PAGES)} | {*endpoints.COMMONS}
    # A form that is shown again lists the same, and what was just recorded is shown to its sender alone.
    reading -= {call for call in reading if call.startswith(("POST /record/", "GET /record/done/"))}
    # What is found while somebody types is a part of the form's lists: tests.service.pages.record.typing.
    reading -= {"GET /record/{type}/subjects"}
    # The former shows names of cohorts alone, the latter what sheets recorded, and a file to the session that sent it:
    # tests.service.pages.sheets.upload.
    reading -= {"GET /record/sheets", "GET /record/sheets/recorded", "GET /record/sheets/completed"}
    # A line that is shown again shows the same.
    reading -= {call for call in reading if call.startswith("POST /cohorts/")} | BOUNDED.keys()
    assert reading - {"GET /events"} - {c for c in reading if "graphql" in c} <= WAYS.keys()
    # Persons have a test of their own, and so has the condition by which every subject is found (tests.projections).
    subjects = {f"Query.{name}" for shape in SHAPES for name in (shape.kind, shape.plural) if name}
    # The viewer's answer holds nothing but the key.
    elsewhere = {"Query.insights", "Query.search", "Query.viewer", "Query.liveCursor"}
    asked = {f"Query.{field}" for field in graph.fields} - elsewhere
    assert asked - (subjects - WAYS.keys()) <= WAYS.keys()
    assert {f"Subscription.{field}" for field in followed.fields} - {
        "Subscription.insights"
    } <= WAYS.keys()


async def test_every_way_to_content_shows_what_the_policy_says(database_url: str) -> None:
    async with open_api(database_url, lives=True) as api:
        assert (await api.post(*in_relation())).status_code == 201
        heritage = {"cohorts": ("heritage",)}
        viewers = {
            (Role.FACILITATOR, Relation.OWN): await api.key(Role.FACILITATOR, **heritage),
            (Role.FACILITATOR, Relation.OTHER): await api.key(Role.FACILITATOR, cohorts=("next",)),
            (Role.ORGANISATION, Relation.OWN): "mill",
            (Role.ORGANISATION, Relation.PAIR): "archive",
            (Role.ORGANISATION, Relation.COHORT): await api.key(
                Role.ORGANISATION, organisation="bakery"
            ),
            (Role.ORGANISATION, Relation.OTHER): "library",
            (Role.GUEST, Relation.OWN): "guest",
            (Role.GUEST, Relation.PAIR): await api.guest("archive", "heritage"),
            (Role.GUEST, Relation.COHORT): await api.guest("bakery", "heritage"),
            (Role.GUEST, Relation.OTHER): await api.guest("library", "next"),
            (Role.EVALUATOR, Relation.OWN): "evaluator",
            (Role.EVALUATOR, Relation.OTHER): await api.key(Role.EVALUATOR, cohorts=("next",)),
            (Role.ANALYST, Relation.OTHER): "analyst",
            (Role.ADMIN, Relation.OTHER): "admin",
            (Role.PUBLIC, Relation.OTHER): None,
        }
        positions = {}
        for level in Visibility:
            position = await api.head() + 1
            event = asked(f"ask-{position}", cohort="heritage", visibility=level.value)
            assert (await api.post(event)).status_code == 201
            positions[level] = position
        # An end to every live stream, and to every subscription to the mill or the cohorts.
        end = joined("mill", "next", visibility="public")
        assert (await api.post(end)).status_code == 201
        assert await notes_shown(api, positions[Visibility.COHORT], "mill")
        for (role, relation), who in viewers.items():
            for level, position in positions.items():
                for name, asks in WAYS.items():
                    seen = await asks(api, position, who)
                    assert seen is shows(role, relation, level), (name, role, relation, level)
                for name, asks in BOUNDED.items():
                    seen = await asks(api, position, who)
                    assert seen <= shows(role, relation, level), (name, role, relation, level)

"""Events with texts, and searches for them."""

from typing import Any

from events.access.principal import Principal, Role
from tests.projections.stories import EventJson, MakeEvent
from tests.service.graphql.client import Asker

MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
FARM = Principal("key-farm", Role.ORGANISATION, organisation="farm")
ANALYST = Principal("key-analyst", Role.ANALYST)

SEARCH = """query($text: String!, $kinds: [Kind!], $first: Int = 50, $after: String) {
  search(text: $text, kinds: $kinds, first: $first, after: $after) {
    totalCount
    nodes { subject { stream } fragments { field type position text highlights { start end } } }
    pageInfo { hasNextPage endCursor } } }"""


def registered(make_event: MakeEvent, key: str, name: str) -> EventJson:
    return make_event(
        "organisation.registered", "2025-02-01", organisation=key, name=name, sector="museums"
    )


def learned(make_event: MakeEvent, key: str, statement: str, level: str | None = None) -> EventJson:
    return make_event(
        "learning.captured",
        "2025-03-01",
        level,
        learning=key,
        organisation="mill",
        cohort="valley",
        statement=statement,
        loop="single",
        evidence_level=1,
        **{"from": ["question/shared"]},
    )


async def streams(asker: Asker, text: str, **more: Any) -> list[str]:
    """Return the subjects that are found, in their order; their number is `totalCount`."""
    found = (await asker.ask(SEARCH, text=text, **more))["search"]
    assert found["totalCount"] == len(found["nodes"])
    return [hit["subject"]["stream"] for hit in found["nodes"]]

"""Events and timelines, as clients ask for them, page by page."""

from typing import Any

from events.access.principal import Principal, Role
from tests.service.graphql.client import Asker

FIELDS = """
fragment All on Event {
  position eventId source type subject time recordedTime actor visibility organisation data line voidedBy
}
"""
TIMELINE = """
query Timeline($key: String!, $first: Int!, $after: String) {
  organisation(key: $key) {
    key name sector purpose country
    timeline(first: $first, after: $after) {
      totalCount
      edges { cursor node { ... on TimelineEntry { position } } }
      nodes { ... on TimelineEntry { position event { ...All } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
EVENTS = """
query Events($first: Int!, $after: String, $stream: String, $type: String) {
  events(first: $first, after: $after, stream: $stream, type: $type) {
    edges { cursor node { position } }
    nodes { ...All }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")


async def all_events(asker: Asker, first: int = 7, **selection: Any) -> list[dict[str, Any]]:
    """Return every event of the selection, page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        data = await asker.ask(EVENTS + FIELDS, first=first, after=after, **selection)
        page = data["events"]
        assert [edge["node"]["position"] for edge in page["edges"]] == [
            node["position"] for node in page["nodes"]
        ]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def timeline(asker: Asker, key: str, first: int = 100) -> dict[str, Any]:
    """Return an organisation's timeline from its beginning, in one page."""
    data = await asker.ask(TIMELINE + FIELDS, key=key, first=first)
    found: dict[str, Any] = data["organisation"]["timeline"]
    return found


def positions(page: dict[str, Any]) -> list[int]:
    """Return the positions of what is on a page."""
    return [node["position"] for node in page["nodes"]]

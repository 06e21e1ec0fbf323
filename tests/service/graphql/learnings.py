"""Learnings of a small cohort, and the list of them."""

from typing import Any

from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker

LEARNINGS = """query(
  $where: LearningFilter, $order: LearningOrder, $first: Int, $last: Int, $after: String, $before: String
) {
  learnings(where: $where, order: $order, first: $first, last: $last, after: $after, before: $before) {
    totalCount filteredCount nodes { key }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


def learned(
    make_event: MakeEvent, key: str, statement: str, level: int, **more: Any
) -> dict[str, Any]:
    """Return a learning of the mill in its cohort."""
    visibility = more.pop("visibility", None)
    return make_event(
        "learning.captured",
        "2025-03-01",
        visibility,
        learning=key,
        organisation="mill",
        cohort="valley",
        statement=statement,
        loop="double",
        evidence_level=level,
        **{"from": ["question/shared"], **more},
    )


async def keys(asker: Asker, **given: Any) -> list[str]:
    """Return the keys of the learnings that are listed."""
    data = await asker.ask(LEARNINGS, **{"first": 10, **given})
    return [node["key"] for node in data["learnings"]["nodes"]]

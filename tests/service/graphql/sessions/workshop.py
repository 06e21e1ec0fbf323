"""A cohort in which events are recorded, and the viewers who ask for them."""

from typing import Any, Final

from events.access.principal import PUBLIC, RECORD, Principal, Role
from tests.service.graphql.asked_log import AskedLog

IN: Final = {"cohort": "heritage"}
PICTURE: Final = "https://example.org/picture.jpg"
MILL: Final = Principal("key-mill", Role.ORGANISATION, organisation="mill")
LIBRARY: Final = Principal("key-library", Role.ORGANISATION, organisation="library")
EVALUATOR: Final = Principal("key-evaluator", Role.EVALUATOR, frozenset({"heritage"}))
ANALYST: Final = Principal("key-analyst", Role.ANALYST)
VIEWERS: Final = {
    "facilitator": RECORD,
    "mill": MILL,
    "library": LIBRARY,
    "evaluator": EVALUATOR,
    "analyst": ANALYST,
    "public": PUBLIC,
}


class Workshop(AskedLog):
    """A workshop whose graph is asked in both ways."""

    async def ask(self, query: str, viewer: Principal = RECORD) -> Any:
        """Return the answer, which is the same whether a plan or the executor finds it."""
        self.asker.viewer = viewer
        documents = self.asker.schema.documents
        compiled = await self.asker.ask(query)

        async def none(*args: Any) -> None:
            return None

        plan = documents.plan
        documents.plan = none  # type: ignore[method-assign,assignment]
        try:
            assert await self.asker.ask(query) == compiled
        finally:
            documents.plan = plan  # type: ignore[method-assign]
        return compiled

"""Lists of a small cohort, in the graph and in the journey of its mill."""

from collections.abc import Mapping
from typing import Any

from events.access.principal import Principal, Role
from tests.service.graphql.client import Asker

MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
FARM = Principal("key-farm", Role.ORGANISATION, organisation="farm")
ANALYST = Principal("key-analyst", Role.ANALYST)

ANYWHERE = """query($where: %(name)sFilter, $order: %(name)sOrder) {
  %(field)s(where: $where, order: $order) { filteredCount nodes { key } } }"""
IN_A_JOURNEY = """query($where: %(name)sFilter, $order: %(name)sOrder, $asOf: AsOf!) {
  organisation(key: "mill") { journey(asOf: $asOf) {
    %(field)s(where: $where, order: $order) { filteredCount nodes { key } } } } }"""


class Lists:
    """Asks for the keys of lists, and for those of the mill's journey as of the log's end."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    async def keys(
        self,
        field: str,
        where: Mapping[str, Any] | None = None,
        order: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Return the keys of a list of the graph, and check that the journey as of the log's end has the same."""
        given = {"where": where, "order": order}
        names = {"field": field, "name": field.removesuffix("s").title()}
        page = (await self.asker.ask(ANYWHERE % names, **given))[field]
        found = [node["key"] for node in page["nodes"]]
        assert page["filteredCount"] == len(found)
        if field not in ("cohorts", "organisations"):
            as_of = {"position": await self.asker.log.head()}
            data = await self.asker.ask(IN_A_JOURNEY % names, **given, asOf=as_of)
            if data["organisation"] is not None:
                stood = data["organisation"]["journey"][field]
                own = [node["key"] for node in stood["nodes"]]
                assert own == [key for key in found if key in own]
                assert stood["filteredCount"] == len(own)
        return found

"""The summaries of entries, for any viewer."""

from events.access.principal import Principal, Role
from tests.service.graphql.asked_log import AskedLog

MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
ARCHIVE = Principal("key-archive", Role.ORGANISATION, organisation="archive")
ANALYST = Principal("key-analyst", Role.ANALYST)


class Summaries(AskedLog):
    """Asks for the summaries of all entries that a viewer sees, by position."""

    async def seen_by(self, viewer: Principal) -> dict[int, str]:
        """Return the summaries of the entries in the timelines of the cohort and its organisations."""
        self.asker.viewer = viewer
        timeline = "timeline(first: 100) { nodes { position summary } }"
        organisations = f'{{ organisations {{ nodes {{ {timeline} }} }} cohort(key: "heritage") {{ {timeline} }} }}'
        data = await self.asker.ask(organisations)
        subjects = [*data["organisations"]["nodes"], data["cohort"] or {}]
        return {
            node["position"]: node["summary"]
            for subject in subjects
            for node in subject.get("timeline", {"nodes": []})["nodes"]
        }

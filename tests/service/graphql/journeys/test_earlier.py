"""An earlier journey shows nothing that the viewer may not see now, and nothing that was voided since."""

from typing import Any

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.learnings import learned

MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
FARM = Principal("key-farm", Role.ORGANISATION, organisation="farm")


async def test_an_earlier_journey_shows_nothing_by_a_key_that_is_anothers_now(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, "l", "A secret.", 1, visibility="private")])
    await log.append([make_event("event.voided", "2025-03-02", event=7, reason="wrong")])
    await log.append([learned(make_event, "l", "For everybody.", 1, visibility="public")])
    query = """query($position: Position!) { organisation(key: "mill") {
      journey(asOf: { position: $position }) { learnings(first: 9) { nodes { statement } } } } }"""
    for viewer, position, expected in (
        *((viewer, 7, []) for viewer in (FARM, PUBLIC)),
        *((viewer, 9, ["For everybody."]) for viewer in (FARM, PUBLIC, RECORD)),
        (RECORD, 7, ["A secret."]),
    ):
        asker.viewer = viewer
        found = (await asker.ask(query, position=position))["organisation"]["journey"]
        assert [node["statement"] for node in found["learnings"]["nodes"]] == expected, viewer


@pytest.mark.parametrize("as_of", ["", "(asOf: { position: 12 })"], ids=["now", "then"])
async def test_of_a_membership_the_public_is_shown_the_joinings_that_are_public(
    asker: Asker, log: EventLog, make_event: MakeEvent, as_of: str
) -> None:
    def part(name: str, day: str, level: str | None = None, **more: Any) -> dict[str, Any]:
        return make_event(name, day, level, organisation="mill", cohort="valley", **more)

    await log.append(
        [
            make_event("visibility.changed", "2025-02-01", of="cohort/valley", visibility="public"),
            part("organisation.left", "2025-02-02", reason="capacity"),
            part("organisation.joined", "2025-02-03", "public", motivation="Shown to all."),
            part("organisation.left", "2025-02-04", reason="capacity"),
            part("organisation.joined", "2025-02-05", "cohort", motivation="Shown to few."),
            make_event("note.added", "2025-02-06", about="cohort/valley", text="Hm."),
        ]
    )
    query = f"""{{ organisation(key: "mill") {{ journey{as_of} {{ memberships(first: 2) {{
      nodes {{ stays {{ joinedPosition motivation }} }} }} }} }} }}"""
    for viewer, expected in (
        (PUBLIC, [(9, "Shown to all.")]),
        *(
            (viewer, [(4, None), (9, "Shown to all."), (11, "Shown to few.")])
            for viewer in (FARM, RECORD)
        ),
    ):
        asker.viewer = viewer
        found = (await asker.ask(query))["organisation"]["journey"]["memberships"]["nodes"]
        stays = [(stay["joinedPosition"], stay["motivation"]) for stay in found[0]["stays"]]
        assert stays == expected, viewer


async def test_an_earlier_journey_leaves_out_the_parts_of_a_thing_that_were_voided_since(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    def part(name: str, day: str, level: str | None = None, **more: Any) -> dict[str, Any]:
        return make_event(name, day, level, organisation="mill", **more)

    def void(position: int) -> dict[str, Any]:
        return make_event("event.voided", "2025-03-01", event=position, reason="A slip.")

    in_valley = {"cohort": "valley"}
    public = {**in_valley, "motivation": "Once more."}
    how = {"question": "q", "text": "How can we mill at night?"}
    await log.append(
        [
            part("organisation.left", "2025-02-01", **in_valley, reason="capacity", note="A slip."),
            part("organisation.joined", "2025-02-02", "public", **public),
            part("question.framed", "2025-02-03", "public", **how),
            make_event(
                "question.reframed",
                "2025-02-04",
                question="q",
                text="How can we slip?",
                reason="So.",
            ),
            make_event("visibility.changed", "2025-02-05", of="cohort/valley", visibility="public"),
        ]
    )
    await log.append([void(10), void(8), void(7)])
    query = """{ organisation(key: "mill") { journey(asOf: { position: 11 }) {
      memberships(first: 2) { nodes { present stays { joinedPosition motivation note } } }
      questions(first: 3) { nodes { text framings(first: 3) { nodes { text } } } } } } }"""

    async def shown(viewer: Principal) -> tuple[Any, Any]:
        asker.viewer = viewer
        journey = (await asker.ask(query))["organisation"]["journey"]
        stays = [stay for node in journey["memberships"]["nodes"] for stay in node["stays"]]
        return stays, str(journey["questions"])

    stays, questions = await shown(RECORD)
    assert [stay["note"] for stay in stays] == ["A slip.", None]
    assert "How can we slip?" in questions
    for viewer in (MILL, FARM, PUBLIC):
        stays, questions = await shown(viewer)
        first = {"joinedPosition": 4, "motivation": None, "note": None}
        assert stays == ([] if viewer is PUBLIC else [first]), viewer
        assert "slip" not in questions and (viewer is FARM or "at night" in questions), viewer

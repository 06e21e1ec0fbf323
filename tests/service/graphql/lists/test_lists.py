"""What pages ask of lists: filters, orders, counts alone, pages without a given size, and stable cursors."""

from collections.abc import Mapping
from typing import Any

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from service.graphql.arguments import PageSize, page_size
from tests.projections.stories import MakeEvent
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


@pytest.fixture
async def lists(asker: Asker, log: EventLog, make_event: MakeEvent) -> Lists:
    """Two questions of the mill, one of them private; an iteration for each; learnings, one of which was taken up."""
    mill = {"organisation": "mill", "cohort": "valley"}

    def planned(key: str, question: str) -> dict[str, Any]:
        plan = {"title": key, "hypothesis": "It helps.", "action": "Try it.", "question": question}
        return make_event("iteration.planned", "2025-03-02", iteration=key, **mill, **plan)

    def learned(key: str, source: str) -> dict[str, Any]:
        common = {"statement": key, "loop": "single", "evidence_level": 1, "from": [source]}
        return make_event("learning.captured", "2025-03-03", learning=key, **mill, **common)

    def framed(key: str, level: str | None = None) -> dict[str, Any]:
        text = "How can we share?"
        return make_event("question.framed", "2025-03-01", level, question=key, text=text, **mill)

    concluded = {"result": "invalid", "decision": "retire", "evidence_level": 1, "summary": "No."}
    await log.append(
        [
            framed("open"),
            framed("secret", "private"),
            planned("early", "open"),
            planned("late", "open"),
            planned("hidden", "secret"),
            *(
                make_event("iteration.started", "2025-03-03", iteration=key)
                for key in ("late", "early")
            ),
            make_event("iteration.concluded", "2025-03-09", iteration="late", **concluded),
            make_event("iteration.concluded", "2025-03-05", iteration="early", **concluded),
            learned("taken", "iteration/early"),
            learned("alone", "question/open"),
            learned("favoured", "iteration/late"),
            make_event("learning.adopted", "2025-03-10", learning="favoured", organisation="farm"),
            make_event("learning.adopted", "2025-03-10", learning="favoured", organisation="farm"),
            make_event(
                "learning.adopted", "2025-03-10", "private", learning="taken", organisation="farm"
            ),
            make_event(
                "learning.revised", "2025-03-11", learning="alone", statement="x", reason="y"
            ),
        ]
    )
    return Lists(asker)


async def test_g04_organisations_are_found_by_sector_and_country(lists: Lists) -> None:
    assert await lists.keys("organisations", {"sector": ["  MUSEUMS"]}) == ["mill"]
    assert await lists.keys("organisations", {"country": ["GB", "FR"]}) == ["mill"]
    assert await lists.keys("organisations", {"country": ["gb"]}) == []
    assert await lists.keys("organisations", {"not": {"country": ["GB"]}}) == ["farm"]
    assert await lists.keys("cohorts", {"sector": ["museums"]}) == []


async def test_g04_what_organisations_do_is_found_by_their_sector_and_country(
    lists: Lists,
) -> None:
    every = await lists.keys("learnings")
    assert await lists.keys("learnings", {"sector": ["Museums"], "country": ["GB"]}) == every
    assert await lists.keys("learnings", {"sector": ["food"]}) == []
    query = """query($sector: [String!]) { cohort(key: "valley") {
      adoptions(where: { sector: $sector }) { totalCount filteredCount } } }"""
    for sector, expected in (("food", 3), ("museums", 0)):
        found = (await lists.asker.ask(query, sector=[sector]))["cohort"]["adoptions"]
        assert found == {"totalCount": 3, "filteredCount": expected}


async def test_g04_a_sector_of_a_hidden_organisation_matches_nothing(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    for stream in ("learning/alone", "organisation/mill"):
        level = "public" if stream.startswith("learning") else "cohort"
        await log.append(
            [make_event("visibility.changed", "2025-04-01", of=stream, visibility=level)]
        )
    lists.asker.viewer = PUBLIC
    assert await lists.keys("learnings") == ["alone"]
    for where in ({"sector": ["museums"]}, {"country": ["GB"]}, {"organisation": ["mill"]}):
        assert await lists.keys("learnings", where) == []
        assert await lists.keys("learnings", {"not": where}) == ["alone"]


async def test_g04_subjects_are_found_by_key(lists: Lists) -> None:
    wanted = ["taken", "unknown", "alone"]
    assert await lists.keys("learnings", {"key": wanted}) == ["taken", "alone"]
    assert await lists.keys("learnings", {"key": []}) == []
    lists.asker.viewer = FARM
    assert await lists.keys("questions", {"key": ["secret", "open"]}) == ["open"]


async def test_g04_iterations_are_found_by_their_question_if_that_may_be_seen(
    lists: Lists,
) -> None:
    assert await lists.keys("iterations", {"question": ["open"]}) == ["early", "late"]
    by_secret = {"question": ["secret"]}
    for viewer, expected in ((RECORD, ["hidden"]), (MILL, ["hidden"]), (FARM, [])):
        lists.asker.viewer = viewer
        assert await lists.keys("iterations", by_secret) == expected
        rest = [key for key in ("early", "late", "hidden") if key not in expected]
        assert await lists.keys("iterations", {"not": by_secret}) == rest
        assert await lists.keys("iterations", {"or": [by_secret, {"key": ["late"]}]}) == [
            "late",
            *expected,
        ]


async def test_g04_what_has_no_moment_is_found(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    assert await lists.keys("cohorts", {"closedAt": {"none": True}}) == ["valley"]
    assert await lists.keys("iterations", {"concludedAt": {"none": True}}) == ["hidden"]
    assert await lists.keys("iterations", {"concludedAt": {"none": False}}) == ["early", "late"]
    after = {"from": "2025-03-06T00:00:00Z"}
    assert await lists.keys("iterations", {"concludedAt": after}) == ["late"]
    assert await lists.keys("iterations", {"concludedAt": {**after, "none": True}}) == []
    assert await lists.keys("iterations", {"not": {"concludedAt": after}}) == ["early", "hidden"]
    await log.append([make_event("cohort.closed", "2025-05-01", cohort="valley")])
    assert await lists.keys("cohorts", {"closedAt": {"none": True}}) == []
    assert await lists.keys("cohorts", {"closedAt": {"none": False}}) == ["valley"]


async def test_g04_learnings_are_ordered_by_the_adoptions_that_the_viewer_may_see(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    down = {"by": "ADOPTIONS", "direction": "DESC"}
    for viewer in (RECORD, MILL, FARM):
        lists.asker.viewer = viewer
        assert await lists.keys("learnings", order=down) == ["favoured", "taken", "alone"]
    # To anybody else, the private adoption is none.
    lists.asker.viewer = ANALYST
    assert await lists.keys("learnings", order=down) == ["favoured", "alone", "taken"]


async def test_g04_iterations_are_ordered_by_when_they_were_concluded(lists: Lists) -> None:
    latest = {"by": "CONCLUDED", "direction": "DESC"}
    assert await lists.keys("iterations", order=latest) == ["late", "early", "hidden"]
    assert await lists.keys("iterations", order={"by": "CONCLUDED"}) == ["hidden", "early", "late"]


async def test_g04_subjects_are_ordered_by_when_they_were_last_changed(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    latest = {"by": "UPDATED", "direction": "DESC"}
    assert await lists.keys("learnings", order=latest) == ["alone", "favoured", "taken"]
    assert await lists.keys("iterations", order={"by": "UPDATED"}) == ["hidden", "late", "early"]
    for about in ("learning/taken", "iteration/hidden"):
        await log.append(
            [make_event("note.added", "2025-05-01", "private", about=about, text="Hush.")]
        )
    assert await lists.keys("learnings", order=latest) == ["alone", "favoured", "taken"]
    assert await lists.keys("iterations", order={"by": "UPDATED"}) == ["hidden", "late", "early"]


async def test_g04_a_subject_says_when_it_was_last_changed(lists: Lists) -> None:
    query = """query($asOf: AsOf!) { learning(key: "alone") { position updatedPosition updatedAt }
      organisation(key: "mill") { position updatedPosition journey(asOf: $asOf) {
        learnings(where: { key: ["alone"] }) { nodes { position updatedPosition updatedAt } } } } }"""
    head = await lists.asker.log.head()
    now = await lists.asker.ask(query, asOf={"position": head})
    learning, mill = now["learning"], now["organisation"]
    assert (learning["updatedPosition"], learning["updatedAt"]) == (head, "2025-03-11T07:00:00Z")
    assert mill["journey"]["learnings"]["nodes"] == [learning]
    assert mill["updatedPosition"] == mill["position"]
    then = await lists.asker.ask(query, asOf={"position": head - 1})
    [stood] = then["organisation"]["journey"]["learnings"]["nodes"]
    assert stood["updatedPosition"] == stood["position"] == learning["position"]


@pytest.mark.parametrize(
    ("field", "by"),
    [("learnings", "ADOPTIONS"), ("iterations", "CONCLUDED"), ("learnings", "UPDATED")],
)
async def test_g04_pages_of_every_order_make_up_the_list(lists: Lists, field: str, by: str) -> None:
    asked = """query($first: Int, $last: Int, $after: String, $before: String) {
      FIELD(first: $first, last: $last, after: $after, before: $before, order: { by: BY }) {
        nodes { key } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    query = asked.replace("FIELD", field).replace("BY", by)
    whole = await lists.keys(field, order={"by": by})
    assert len(whole) == 3
    forwards: list[str] = []
    backwards: list[str] = []
    after = before = None
    for _ in whole:
        page = (await lists.asker.ask(query, first=1, after=after))[field]
        forwards += [node["key"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        page = (await lists.asker.ask(query, last=1, before=before))[field]
        backwards += [node["key"] for node in page["nodes"]]
        before = page["pageInfo"]["startCursor"]
    assert forwards == backwards[::-1] == whole


async def test_g04_what_changed_since_a_page_comes_after_its_cursor(
    lists: Lists, log: EventLog, make_event: MakeEvent
) -> None:
    query = """query($after: String) { iterations(after: $after, order: { by: UPDATED }) {
      nodes { key updatedPosition } pageInfo { endCursor } } }"""
    page = (await lists.asker.ask(query))["iterations"]
    after = page["pageInfo"]["endCursor"]
    assert (await lists.asker.ask(query, after=after))["iterations"]["nodes"] == []
    started = make_event("iteration.started", "2025-06-01", iteration="hidden")
    [receipt] = await log.append([started])
    changed = [{"key": "hidden", "updatedPosition": receipt.position}]
    assert (await lists.asker.ask(query, after=after))["iterations"]["nodes"] == changed


async def test_g05_counts_are_asked_for_alone(asker: Asker) -> None:
    query = """{ organisations { totalCount } cohorts { totalCount filteredCount }
      cohort(key: "valley") { organisations { totalCount } timeline { totalCount } }
      search(text: "mill") { totalCount } }"""
    data = await asker.ask(query)
    assert data["organisations"] == {"totalCount": 2}
    assert data["cohorts"] == {"totalCount": 1, "filteredCount": 1}
    assert data["cohort"] == {"organisations": {"totalCount": 2}, "timeline": {"totalCount": 4}}
    assert data["search"] == {"totalCount": 1}


async def test_g05_a_list_of_no_said_size_gives_fifty_rows(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    about = {"about": "organisation/mill", "text": "Water."}
    await log.append([make_event("note.added", "2025-03-01", **about) for _ in range(60)])
    common = {"loop": "single", "evidence_level": 1, "from": ["question/shared"]}
    mill = {"organisation": "mill", "statement": "Rivers."}
    await log.append(
        [
            make_event("learning.captured", "2025-03-02", learning=f"l{n}", **mill, **common)
            for n in range(60)
        ]
    )
    for field in (
        "learnings",
        'search(text: "rivers")',
        "events",
    ):
        query = "{ page: " + field + " { nodes { __typename } pageInfo { hasNextPage } } }"
        page = (await asker.ask(query))["page"]
        assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (50, True), field
    query = '{ organisation(key: "mill") { page: %s { nodes { __typename } pageInfo { hasNextPage } } } }'
    for field in ("notes", "timeline", "notes(first: null, last: null)", "timeline(before: null)"):
        page = (await asker.ask(query % field))["organisation"]["page"]
        assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (50, True), field


@pytest.mark.parametrize(("most", "rows"), [(100, 50), (50, 50), (7, 7)])
def test_g05_a_page_of_no_said_size_has_no_more_rows_than_a_list_may_have(
    most: int, rows: int
) -> None:
    for arguments in ({}, {"first": None, "last": None}):
        assert page_size(arguments, most) == PageSize(rows, backwards=False)


async def test_g05_fifty_rows_cost_what_they_cost_where_they_are_asked_for(asker: Asker) -> None:
    async def cost(page: str) -> int:
        query = "{ organisations%s { %s } }"
        response = await asker.post(query % tuple(page.split("|")))
        return int(response.json()["extensions"]["cost"]["requested"])

    assert await cost("|nodes { key }") == await cost("(first: 50)|nodes { key }")
    assert await cost(
        "|...F } } fragment F on OrganisationConnection { edges { node { key }"
    ) == await cost("(first: 50)|edges { node { key } }")
    assert await cost("|totalCount") == 2


CURSOR = """query($where: LearningFilter, $order: LearningOrder, $after: String) {
  learnings(first: 1, where: $where, order: $order, after: $after) { nodes { key } pageInfo { endCursor } } }"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, {}),
        (None, {"not": None, "time": {}, "and": [], "or": [{}]}),
        ({}, {"and": [{}], "evidenceLevel": {"min": None}}),
        ({"loop": ["SINGLE", "DOUBLE"]}, {"loop": ["DOUBLE", "SINGLE", "DOUBLE"], "text": None}),
        ({"organisation": ["mill", "farm"]}, {"organisation": ["farm", "mill"]}),
        ({"sector": ["museums", "food"]}, {"sector": ["Food", " MUSEUMS"]}),
        (
            {"or": [{"key": ["taken"]}, {"not": {"key": ["taken"]}}]},
            {"or": [{"not": {"key": ["taken"]}}, {"key": ["taken"]}]},
        ),
        (
            {"key": ["taken", "alone"], "loop": ["SINGLE", "DOUBLE"]},
            {"and": [{"key": ["alone", "taken"]}, {"and": [{"loop": ["DOUBLE", "SINGLE"]}]}]},
        ),
        ({"key": ["taken", "alone"]}, {"or": [{"key": ["taken", "alone"]}]}),
        (
            {"time": {"from": "2025-01-01T00:00:00Z"}},
            {"time": {"to": None, "from": "2025-01-01T01:00:00+01:00"}},
        ),
    ],
    ids=str,
)
async def test_g05_a_cursor_holds_for_every_spelling_of_a_filter(
    lists: Lists, one: Any, other: Any
) -> None:
    first = (await lists.asker.ask(CURSOR, where=one))["learnings"]
    assert first["nodes"] == [{"key": "taken"}]
    after = first["pageInfo"]["endCursor"]
    for where, order in (
        (other, None),
        (other, {"by": "POSITION"}),
        (one, {"by": "POSITION", "direction": "ASC"}),
    ):
        found = await lists.asker.ask(CURSOR, where=where, order=order, after=after)
        assert found["learnings"]["nodes"] == [{"key": "alone"}]


async def test_a_filter_given_as_a_variable_lets_in_the_same_after_any_earlier_query(
    lists: Lists,
) -> None:
    def either(one: str, other: str) -> dict[str, Any]:
        return {"or": [{"key": [one]}, {"key": [other]}]}

    for one, other, expected in (
        ("taken", "alone", ["taken", "alone"]),
        ("alone", "alone", ["alone"]),
        ("favoured", "alone", ["alone", "favoured"]),
    ):
        assert await lists.keys("learnings", either(one, other)) == expected
        both = {"and": [{"organisation": ["mill"]}, {"key": [one]}]}
        assert await lists.keys("learnings", both) == [one]
        both = {"and": [{"organisation": ["mill", one]}, {"key": [other]}]}
        assert await lists.keys("learnings", both) == [other]


@pytest.mark.parametrize(
    "other", [{"not": {}}, {"key": []}, {"text": "x"}, {"loop": ["SINGLE"]}], ids=str
)
async def test_a_cursor_holds_for_no_other_filter(lists: Lists, other: Any) -> None:
    after = (await lists.asker.ask(CURSOR))["learnings"]["pageInfo"]["endCursor"]
    refused = await lists.asker.refused(CURSOR, where=other, after=after)
    assert refused == {"code": "cursor.foreign", "argument": "after"}


async def test_g03_a_timelines_nodes_have_what_all_entries_have(asker: Asker) -> None:
    query = """{ organisation(key: "mill") { timeline {
      nodes { __typename id position time type organisation { key } ... on OrganisationJoined { motivation } }
      edges { node { position } } } } }"""
    found = (await asker.ask(query))["organisation"]["timeline"]
    assert [node["__typename"] for node in found["nodes"]] == [
        "OrganisationRegistered",
        "OrganisationJoined",
        "OrganisationsPaired",
    ]
    assert found["nodes"][1]["motivation"] is None
    assert [edge["node"]["position"] for edge in found["edges"]] == [
        node["position"] for node in found["nodes"]
    ]

"""New names, titles and hosts, now and as of then, in timelines and in search."""

from typing import Any, Final

from events.access.principal import PUBLIC, RECORD, Principal
from tests.events import samples as sample
from tests.service.graphql.sessions.workshop import ANALYST, EVALUATOR, IN, LIBRARY, MILL, Workshop

NAMES: Final = """{ organisation(key: "mill") { name updatedPosition }
  cohort(key: "heritage") { title facilitator startsOn plannedMonths hosts { key name } updatedPosition } }"""


async def test_names_titles_and_hosts_are_the_present_ones_also_after_voids(
    workshop: Workshop,
) -> None:
    before = await workshop.ask(NAMES)
    assert before["organisation"]["name"] == "Mill" and before["cohort"]["hosts"] == []
    renaming = await workshop.record(sample.renamed())
    revision = await workshop.record(
        sample.cohort_revised(
            title="Heritage, again",
            facilitator="Grace",
            starts_on="2024-04-01",
            hosts=["library"],
        )
    )
    after = {
        "organisation": {"name": "The Mill", "updatedPosition": str(renaming)},
        "cohort": {
            "title": "Heritage, again",
            "facilitator": "Grace",
            "startsOn": "2024-04-01",
            "plannedMonths": 12,
            "hosts": [{"key": "library", "name": "Library"}],
            "updatedPosition": str(revision),
        },
    }
    for viewer in (RECORD, MILL, LIBRARY, EVALUATOR, ANALYST):
        found = await workshop.ask(NAMES, viewer)
        for of in found.values():
            of["updatedPosition"] = str(of["updatedPosition"])
        assert found == after
    hosted = '{ organisation(key: "library") { hostedCohorts { nodes { key } } cohorts { totalCount } } }'
    assert (await workshop.ask(hosted))["organisation"] == {
        "hostedCohorts": {"nodes": [{"key": "heritage"}]},
        "cohorts": {"totalCount": 0},
    }
    await workshop.record(sample.voided(renaming), sample.voided(revision))
    found = await workshop.ask(NAMES)
    for of in (*found.values(), *before.values()):
        of.pop("updatedPosition")
    assert found == before


async def test_a_journey_as_of_then_has_the_names_of_then(workshop: Workshop) -> None:
    start = await workshop.log.head()
    await workshop.record(
        sample.held(attended=["mill"]), sample.committed(**IN), sample.settled(), sample.renamed()
    )
    end = await workshop.record(sample.cohort_revised(title="Heritage, again"))

    async def journey(position: int) -> Any:
        data = await workshop.ask(
            f"""{{ organisation(key: "mill") {{ journey(asOf: {{position: {position}}}) {{
              organisation {{ name }} memberships {{ nodes {{ cohort {{ title }} }} }}
              sessions {{ nodes {{ key }} }} commitments {{ nodes {{ key commitmentOutcome }} }} }} }} }}"""
        )
        return data["organisation"]["journey"]

    assert await journey(start) == {
        "organisation": {"name": "Mill"},
        "memberships": {"nodes": [{"cohort": {"title": "Heritage"}}]},
        "sessions": {"nodes": []},
        "commitments": {"nodes": []},
    }
    assert await journey(end - 2) == {
        "organisation": {"name": "Mill"},
        "memberships": {"nodes": [{"cohort": {"title": "Heritage"}}]},
        "sessions": {"nodes": [{"key": "session"}]},
        "commitments": {"nodes": [{"key": "commitment", "commitmentOutcome": "KEPT"}]},
    }
    assert await journey(end) == {
        "organisation": {"name": "The Mill"},
        "memberships": {"nodes": [{"cohort": {"title": "Heritage, again"}}]},
        "sessions": {"nodes": [{"key": "session"}]},
        "commitments": {"nodes": [{"key": "commitment", "commitmentOutcome": "KEPT"}]},
    }


async def test_renamings_and_revisions_are_in_the_timelines_of_every_key(
    workshop: Workshop,
) -> None:
    await workshop.record(sample.renamed(), sample.cohort_revised(hosts=["library"]))
    query = """{ organisation(key: "mill") { timeline { nodes { type } } }
                 cohort(key: "heritage") { timeline { nodes { type } } } }"""
    found = await workshop.ask(query, LIBRARY)
    types = [[node["type"] for node in of["timeline"]["nodes"]] for of in found.values()]
    assert "ORGANISATION_RENAMED" in types[0] and "COHORT_REVISED" in types[1]
    await workshop.record(sample.shown("organisation/mill", "public"))
    found = await workshop.ask(
        '{ organisation(key: "mill") { timeline { nodes { type } } } }', PUBLIC
    )
    shown = [node["type"] for node in found["organisation"]["timeline"]["nodes"]]
    assert "ORGANISATION_RENAMED" in shown


async def test_search_finds_sessions_commitments_and_new_names(workshop: Workshop) -> None:
    await workshop.record(
        sample.held(summary="We drew maps."),
        sample.committed(text="We invite the bakers."),
        sample.renamed(name="Watermill"),
    )

    async def found(word: str, viewer: Principal = RECORD) -> list[str]:
        data = await workshop.ask(
            f'{{ search(text: "{word}") {{ nodes {{ subject {{ stream }} }} }} }}', viewer
        )
        return [hit["subject"]["stream"] for hit in data["search"]["nodes"]]

    assert await found("maps") == ["session/session"]
    assert await found("bakers") == ["commitment/commitment"]
    for viewer in (RECORD, LIBRARY):
        assert await found("watermill", viewer) == ["organisation/mill"]
    assert await found("maps", LIBRARY) == []

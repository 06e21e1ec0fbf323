"""Sessions and commitments, who sees them, and their entries, with links and the precision of a time."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.events import samples as sample
from tests.service.graphql.sessions.workshop import IN, PICTURE, VIEWERS, Workshop


async def test_a_session_has_its_cohort_those_who_attended_and_its_commitments(
    workshop: Workshop,
) -> None:
    await workshop.record(
        sample.held(
            attended=["archive", "mill"],
            minutes=180,
            people=0,
            summary="We drew maps.",
            links=[PICTURE],
            timeprecision="day",
        ),
        sample.committed(session="session", due_on="2024-05-01"),
        sample.noted("session/session", links=[PICTURE]),
    )
    data = await workshop.ask(
        """{ session(key: "session") {
          key stream title sessionKind minutes people summary links timePrecision
          cohort { key } attended { key } notes { nodes { text links } }
          commitments { totalCount nodes { key text dueOn session { key } cohort { key } organisation { key } } } } }"""
    )
    assert data["session"] == {
        "key": "session",
        "stream": "session/session",
        "title": "A morning",
        "sessionKind": "WORKSHOP",
        "minutes": 180,
        "people": 0,
        "summary": "We drew maps.",
        "links": [PICTURE],
        "timePrecision": "DAY",
        "cohort": {"key": "heritage"},
        "attended": [{"key": "archive"}, {"key": "mill"}],
        "notes": {"nodes": [{"text": "Worth knowing.", "links": [PICTURE]}]},
        "commitments": {
            "totalCount": 1,
            "nodes": [
                {
                    "key": "commitment",
                    "text": "We ask ten neighbours.",
                    "dueOn": "2024-05-01",
                    "session": {"key": "session"},
                    "cohort": {"key": "heritage"},
                    "organisation": {"key": "mill"},
                }
            ],
        },
    }


@pytest.mark.parametrize(
    ("level", "session", "commitment"),
    [
        ("private", "facilitator evaluator", "facilitator evaluator mill"),
        ("cohort", "facilitator evaluator mill analyst", "facilitator evaluator mill analyst"),
        ("public", " ".join(VIEWERS), " ".join(VIEWERS)),
    ],
)
async def test_who_sees_a_session_and_a_commitment(
    workshop: Workshop, level: str, session: str, commitment: str
) -> None:
    await workshop.record(
        sample.held(attended=["mill", "library"], visibility=level),
        sample.committed(**IN, visibility=level),
        sample.settled(),
    )
    seen: dict[str, set[str]] = {"session": set(), "commitment": set()}
    for name, viewer in VIEWERS.items():
        data = await workshop.ask(
            '{ session(key: "session") { key } commitment(key: "commitment") { key } }', viewer
        )
        for kind, found in data.items():
            if found is not None:
                seen[kind].add(name)
    assert seen == {"session": set(session.split()), "commitment": set(commitment.split())}


ENTRY: Final = """{ organisation(key: "mill") { timeline(last: 1) { nodes {
  type timePrecision subject { key } event { timePrecision }
  ... on SessionHeld { sessionKind recordedSummary links attended { key } }
  ... on CommitmentMade { commitment { key } dueOn }
  ... on CommitmentSettled { commitmentOutcome note }
  ... on OrganisationRenamed { name reason }
  ... on NoteAdded { noteLinks: links } } } } }"""


async def test_entries_have_the_fields_of_the_new_types(workshop: Workshop) -> None:
    async def last(event: Mapping[str, Any]) -> Any:
        await workshop.record({**event, "timeprecision": "month"})
        data = await workshop.ask(ENTRY)
        return data["organisation"]["timeline"]["nodes"][0]

    common = {"timePrecision": "MONTH", "event": {"timePrecision": "MONTH"}}
    held = sample.held(attended=["mill"], summary="We drew maps.", links=[PICTURE])
    assert await last(held) == {
        **common,
        "type": "SESSION_HELD",
        "subject": {"key": "session"},
        "sessionKind": "WORKSHOP",
        "recordedSummary": "We drew maps.",
        "links": [PICTURE],
        "attended": [{"key": "mill"}],
    }
    assert await last(sample.committed(due_on="2024-05-01")) == {
        **common,
        "type": "COMMITMENT_MADE",
        "subject": {"key": "commitment"},
        "commitment": {"key": "commitment"},
        "dueOn": "2024-05-01",
    }
    assert await last(sample.settled(note="Twelve came.")) == {
        **common,
        "type": "COMMITMENT_SETTLED",
        "subject": {"key": "commitment"},
        "commitmentOutcome": "KEPT",
        "note": "Twelve came.",
    }
    assert await last(sample.renamed()) == {
        **common,
        "type": "ORGANISATION_RENAMED",
        "subject": {"key": "mill"},
        "name": "The Mill",
        "reason": None,
    }
    assert await last(sample.noted("organisation/mill")) == {
        **common,
        "type": "NOTE_ADDED",
        "subject": {"key": "mill"},
        "noteLinks": [],
    }

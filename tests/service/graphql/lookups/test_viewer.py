"""The viewer, as a page sees it: role, organisation, cohorts, and what the key may record."""

from typing import Any, Final

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types import Mark
from tests.events.samples import asked, formed, joined, noted, paired, registered
from tests.projections.stories import MakeEvent
from tests.service.app import open_api
from tests.service.graphql.client import Asker, caught_up

QUERY: Final = """{ viewer { __typename role organisation { key name } cohorts { key organisations(first: 9) {
  totalCount } } mayRecord } }"""
EVERY_TYPE: Final = {kind.name.replace(".", "_").upper() for kind in VOCABULARY.kinds}
OF_FACILITATORS: Final = {
    *("COHORT_FORMED", "COHORT_CLOSED", "ORGANISATION_REGISTERED", "ORGANISATION_JOINED"),
    *("ORGANISATION_LEFT", "ORGANISATIONS_PAIRED", "COHORT_REVISED", "ORGANISATION_RENAMED"),
    "SESSION_HELD",
}


OF_GUESTS: Final = {
    kind.name.replace(".", "_").upper()
    for kind in VOCABULARY.kinds
    if kind.mark in (Mark.CREATES, Mark.ADDS)
} - {*OF_FACILITATORS, "PERSON_INTRODUCED"} | {"EVENT_VOIDED"}


@pytest.mark.parametrize(
    ("viewer", "organisation", "cohorts", "may_record"),
    [
        (RECORD, None, None, EVERY_TYPE),
        (
            Principal("f", Role.FACILITATOR, cohorts=frozenset({"valley", "unformed"})),
            None,
            ["valley"],
            EVERY_TYPE,
        ),
        (
            Principal("o", Role.ORGANISATION, organisation="farm"),
            "farm",
            ["valley", "hills"],
            EVERY_TYPE - OF_FACILITATORS,
        ),
        (
            Principal("o", Role.ORGANISATION, organisation="unregistered"),
            None,
            [],
            EVERY_TYPE - OF_FACILITATORS,
        ),
        (
            Principal("g", Role.GUEST, cohorts=frozenset({"hills"}), organisation="farm"),
            "farm",
            ["hills"],
            OF_GUESTS,
        ),
        (Principal("e", Role.EVALUATOR, cohorts=frozenset({"hills"})), None, ["hills"], set()),
        (Principal("a", Role.ANALYST), None, [], set()),
        (Principal("a", Role.ADMIN), None, [], {"PERSON_FORGOTTEN"}),
        (PUBLIC, None, [], set()),
    ],
    ids=lambda value: getattr(value, "role", ""),
)
async def test_a_key_gets_its_own_role_and_rights(
    asker: Asker,
    log: EventLog,
    make_event: MakeEvent,
    viewer: Principal,
    organisation: str | None,
    cohorts: list[str] | None,
    may_record: set[str],
) -> None:
    await log.append(
        [
            make_event(
                "cohort.formed",
                "2025-02-01",
                cohort="hills",
                title="Hills",
                question="shared-too",
                text="How can we climb?",
                facilitator="F",
                starts_on="2025-02-01",
            ),
            make_event(
                "organisation.left",
                "2025-02-02",
                organisation="farm",
                cohort="valley",
                reason="capacity",
            ),
            make_event("organisation.joined", "2025-02-03", organisation="farm", cohort="hills"),
        ]
    )
    asker.viewer = viewer
    found: dict[str, Any] = (await asker.ask(QUERY))["viewer"]
    assert found["role"] == viewer.role.name
    assert (found["organisation"] or {}).get("key") == organisation
    keys = None if found["cohorts"] is None else [cohort["key"] for cohort in found["cohorts"]]
    assert keys == cohorts
    assert set(found["mayRecord"]) == may_record
    assert len(found["mayRecord"]) == len(may_record)


async def test_what_a_key_may_record_is_not_refused_for_its_role(database_url: str) -> None:
    events = {
        "COHORT_FORMED": formed("next"),
        "ORGANISATION_REGISTERED": registered("tower"),
        "ORGANISATION_JOINED": joined("library"),
        "ORGANISATIONS_PAIRED": paired("mill", "archive"),
        "HELP_ASKED": asked("a"),
        "NOTE_ADDED": noted("organisation/mill", organisation="mill"),
    }
    async with open_api(database_url, lives=True) as api:
        await api.begin()
        await caught_up(api.service)
        for who in ("facilitator", "mill", "evaluator", "analyst", "admin"):
            query = {"query": "{ viewer { mayRecord } }"}
            answer = await api.client.post("/graphql", json=query, headers=api.headers(who))
            may = answer.json()["data"]["viewer"]["mayRecord"]
            for type_, event in events.items():
                validated = await api.post(event, who=who, to="/events/validate")
                assert (validated.status_code == 200) is (type_ in may), (
                    who,
                    type_,
                    validated.text,
                )

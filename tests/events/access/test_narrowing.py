"""Events that hide something: after all others, no viewer is given less than before."""

import pytest

from events.access.principal import Principal, Role
from events.access.visibility import NARROWING, sees_event, viewer_of
from events.vocabulary.event import Event
from tests.events.samples import (
    at,
    closed,
    failed,
    formed,
    framed,
    joined,
    left,
    paired,
    pairing_ended,
    reclassified,
    registered,
    shown,
    voided,
)
from tests.projections.insights.judging import EventJson, MemoryLog
from tests.projections.insights.stories import NOW_US, log_of_chance

SEEDS = range(3)


def viewers(log: MemoryLog) -> list[Principal]:
    """Return a viewer of each kind, of the first cohort and its first organisations."""

    def keys(field: str) -> list[str]:
        found = (line["data"].get(field) for line in log.lines)
        return list(dict.fromkeys(key for key in found if isinstance(key, str)))

    return [
        Principal("analyst", Role.ANALYST),
        Principal("public", Role.PUBLIC),
        *(
            Principal(f"guest of {key}", Role.GUEST, frozenset(keys("cohort")[:1]), key)
            for key in keys("organisation")[:3]
        ),
        Principal("facilitator", Role.FACILITATOR, cohorts=frozenset(keys("cohort")[:1])),
        Principal("evaluator", Role.EVALUATOR, cohorts=frozenset(keys("cohort"))),
        *(Principal(key, Role.ORGANISATION, organisation=key) for key in keys("organisation")[:3]),
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_given_less_but_after_the_events_that_are_known_to_hide(seed: int) -> None:
    lines = log_of_chance(seed, cohorts=2).lines[:500]
    log = MemoryLog(NOW_US)
    for line in lines:
        log.record(line)
    who = viewers(log)
    events: list[Event] = []
    log = MemoryLog(NOW_US)

    def given() -> list[set[int]]:
        return [
            {event.position for event in events if sees_event(viewer, event, log)}
            for viewer in (viewer_of(sender, log) for sender in who)
        ]

    before, hid = given(), 0
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        position = log.record(line)
        event = log.event(position) if position is not None else None
        if event is not None:
            events.append(event)
            if event.kind.name in NARROWING:
                now = given()
                hid += any(not earlier <= later for earlier, later in zip(before, now, strict=True))
                before = now
        if following is None or any(following["type"].endswith(f"{n}.v1") for n in NARROWING):
            now = given()
            for viewer, earlier, later in zip(who, before, now, strict=True):
                assert earlier <= later, (viewer, earlier - later, line)
            before = now
    # The log shows that some of them did hide something.
    assert hid


class Recording:
    """A log in memory, of which each event comes an hour after the one before."""

    def __init__(self) -> None:
        self.log = MemoryLog(NOW_US)

    def add(self, line: EventJson) -> Event:
        """Record an event and return it."""
        number = len(self.log.lines)
        position = self.log.record(
            {**line, "id": str(number), "source": "urn:test", "time": at(number + 1)}
        )
        event = self.log.event(position) if position is not None else None
        assert event is not None, line
        return event

    def is_given(self, sender: Principal, event: Event) -> bool:
        """Say whether the sender is given the event now."""
        return sees_event(viewer_of(sender, self.log), event, self.log)


def test_an_evaluator_is_given_less_once_a_failure_is_seen_as_deviance() -> None:
    record = Recording()
    for line in (formed(), registered("mill"), joined("mill")):
        record.add(line)
    failure = record.add(failed(cohort="heritage", visibility="private"))
    evaluator = Principal("e", Role.EVALUATOR, cohorts=frozenset({"heritage"}))
    assert record.is_given(evaluator, failure)
    record.add(reclassified(failure_cause="deviance"))
    assert not record.is_given(evaluator, failure)
    assert "failure.reclassified" in NARROWING


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("pairing.ended", pairing_ended()),
        ("organisation.left", left("mill")),
        ("organisation.left", left("archive")),
        ("cohort.closed", closed()),
        ("event.voided", voided(6)),
        ("visibility.changed", shown("question/question", "private")),
    ],
    ids=["ended", "owner left", "partner left", "closed", "voided", "narrowed"],
)
def test_a_partner_is_given_less_once_the_pair_ends_or_the_level_narrows(
    name: str, end: EventJson
) -> None:
    record = Recording()
    members = ("mill", "archive")
    for line in (formed(), *map(registered, members), *map(joined, members), paired()):
        record.add(line)
    question = record.add(framed(cohort="heritage", visibility="pair"))
    archive = Principal("a", Role.ORGANISATION, organisation="archive")
    assert record.is_given(archive, question)
    assert record.add(end).kind.name == name
    assert not record.is_given(archive, question)
    assert name in NARROWING

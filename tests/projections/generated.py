"""Logs at random: generated cohorts, with more voided and more shown to others than people would."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import count
from random import Random
from typing import Any

from events.log import EventLog
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.faults import Refused
from events.vocabulary.types.cohorts import OrganisationJoined
from service.event_files import batches
from service.samples.generator import generate
from tests.projections.corrected import random_fields

SOURCE = "urn:howcanwe:meddler"


async def record_generated(
    log: EventLog, seed: int, *, cohorts: int = 2, scale: float = 0.3, meddled: int = 12
) -> None:
    """Record a log that this seed decides; afterwards `meddled` attempts more were made at voids and levels.

    The cohorts hold sessions, are revised and have hosts; their organisations are renamed and make commitments.
    """
    for batch in batches(generate(cohorts=cohorts, seed=seed, scale=scale), 40):
        await log.append(batch)
    recorded = [event.content async for event in log.read()]
    for event in gatherings(recorded, Random(seed)):
        await _attempt(log, event)
    await meddle(log, Random(seed), meddled)


def gatherings(events: Iterable[Any], random: Random) -> Iterator[dict[str, Any]]:
    """Yield events about sessions, commitments, hosts and names, after these events; the rules refuse some."""
    joined = VOCABULARY.of(OrganisationJoined).wire_name
    members = [
        (event["data"]["cohort"], event["data"]["organisation"], event["time"])
        for event in events
        if event["type"] == joined
    ]
    numbers = count(1)
    for cohort, organisation, time in members:
        session, commitment = f"session-{next(numbers)}", f"commitment-{next(numbers)}"
        attended = [one for other, one, _ in members if other == cohort and random.random() < 0.5]
        for type_, data in (
            (
                "session.held",
                {
                    "session": session,
                    "cohort": cohort,
                    "kind": random.choice(["workshop", "visit"]),
                    "title": "A morning",
                    "attended": attended,
                    "links": ["https://example.org/picture.jpg"],
                },
            ),
            (
                "commitment.made",
                {
                    "commitment": commitment,
                    "organisation": organisation,
                    "text": "We ask ten neighbours.",
                    **random.choice([{}, {"cohort": cohort}, {"session": session}]),
                },
            ),
            ("commitment.settled", {"commitment": commitment, "outcome": "kept"}),
            ("organisation.renamed", {"organisation": organisation, "name": f"The {organisation}"}),
            (
                "cohort.revised",
                {
                    "cohort": cohort,
                    "reason": "It continues.",
                    **random.choice(
                        [{"title": "Once more"}, {"hosts": []}, {"hosts": [members[0][1]]}]
                    ),
                },
            ),
        ):
            if random.random() < 0.7:
                yield {
                    "specversion": "1.0",
                    "id": f"gathering-{next(numbers)}",
                    "source": SOURCE,
                    "type": VOCABULARY.named(type_).wire_name,
                    "time": time,
                    "timeprecision": random.choice([None, "year", "day"]),
                    "data": data,
                }


async def _attempt(log: EventLog, event: dict[str, Any]) -> None:
    """Record the event, if no rule refuses it."""
    with suppress(Refused):
        await log.append([event])


async def meddle(log: EventLog, random: Random, attempts: int) -> None:
    """Take back and correct events at random, and show things to others; what the rules refuse is left."""
    for attempt in range(attempts):
        head = await log.head()
        position = random.randint(1, head)
        recorded = await log.event(position)
        assert recorded is not None
        void = _void_by_name(recorded.content) if attempt % 2 else _void(position)
        change = void if random.random() < 0.6 else _shown(random, recorded.content)
        fields = random_fields(random, recorded.content["type"], recorded.content["data"])
        if fields and random.random() < 0.5:
            change = _corrected(change, position, fields)
        event = {
            "specversion": "1.0",
            "id": f"meddled-{head}-{attempt}",
            "source": SOURCE,
            "time": recorded.content["time"],
            **change,
        }
        await _attempt(log, event)


def _corrected(change: dict[str, Any], position: int, fields: dict[str, Any]) -> dict[str, Any]:
    named = change["data"].get("event", position)
    return {
        "type": "org.howcanwe.event.corrected.v1",
        "data": {"event": named, "fields": fields, "reason": "Mistyped."},
    }


def _void(position: int) -> dict[str, Any]:
    return {
        "type": "org.howcanwe.event.voided.v1",
        "data": {"event": position, "reason": "A slip of the pen."},
    }


def _void_by_name(content: dict[str, Any]) -> dict[str, Any]:
    void = _void(0)
    named = {"source": content["source"], "id": content["id"]}
    return {**void, "data": {**void["data"], "event": named}}


def _shown(random: Random, content: dict[str, Any]) -> dict[str, Any]:
    of = random.choice([content.get("subject"), f"event/{content['position']}"])
    level = random.choice(["private", "pair", "cohort", "public"])
    return {
        "type": "org.howcanwe.visibility.changed.v1",
        "data": {"of": of or f"event/{content['position']}", "visibility": level},
    }

"""Rows of a workshop's sheet, for tests: a trial with everything that it may say."""

from collections.abc import Mapping, Sequence

from events.log import EventLog
from tests.events.samples import formed, joined, registered
from tests.service.app import complete

WHOLE = {
    "id": "t-1",
    "time": "2024-03-20",
    "began": "2024-03-10",
    "organisation": "mill",
    "cohort": "heritage",
    "question": "heritage-question",
    "title": "Larger signs",
    "hypothesis": "If signs are larger, people find the entrance.",
    "tried": "We printed four signs.",
    "measure": "people at the desk",
    "criterion": "ten an hour",
    "happened": "Three came; two asked for the way.",
    "evidence_kind": "did_in_test",
    "value": "3",
    "people": "12",
    "level": "consult",
    "result": "refuted",
    "decision": "pivot",
    "evidence_level": "2",
    "why": "The signs faced the car park.",
    "degree": "tolerable_failure",
    "for_whom": "organisation; participants",
    "learned": "A sign helps where people already look.",
    "loop": "double",
    "themes": "signs; entrances",
}
BEGINNING = [
    "id",
    "time",
    "organisation",
    "cohort",
    "question",
    "title",
    "hypothesis",
    "tried",
]
"""The columns of a trial that is under way."""


def sheet(*rows: Mapping[str, str]) -> list[list[str]]:
    """Return the rows of a sheet with these trials, with their first row."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [names, *([row.get(name, "") for name in names] for row in rows)]


def only(names: Sequence[str], **more: str) -> dict[str, str]:
    """Return the trial with these columns alone, and more."""
    return {name: WHOLE[name] for name in names} | more


async def with_member(log: EventLog) -> None:
    """Record a cohort with one organisation."""
    events = [formed(), registered("mill"), joined("mill")]
    await log.append([{**complete(event), "time": "2024-03-01T09:00:00Z"} for event in events])

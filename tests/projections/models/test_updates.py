"""When a subject was last changed: by what everybody sees who sees the subject, and by nothing else."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from events.log import EventLog
from events.vocabulary.values.times import instant
from projections.in_memory.journey import journey_as_of
from projections.models import SUBJECTS
from projections.updating.runner import Runner
from tests.events import samples as sample
from tests.events.samples import at, begun

EventJson = dict[str, Any]


class Story:
    """Records events, a day apart, and looks up what a subject was last changed by."""

    def __init__(self, log: EventLog, runner: Runner) -> None:
        self.log = log
        self.runner = runner
        self._ids = count(1)

    async def record(self, *events: EventJson) -> int:
        """Record the events; return the position of the last."""
        for event in events:
            number = next(self._ids)
            complete = {"source": "urn:test", "id": str(number), "time": at(24 * number), **event}
            await self.log.append([complete])
        return await self.log.head()

    async def updated(self, stream: str) -> int:
        """Return the position of the event that last changed the subject; check the time that is given beside it."""
        await self.runner.catch_up()
        kind, _, key = stream.partition("/")
        columns = SUBJECTS[kind].c
        [row] = await self.runner.read_models.rows(
            select(columns.updated_position, columns.updated_at).where(columns.key == key)
        )
        recorded = await self.log.event(row.updated_position)
        assert recorded is not None
        assert row.updated_at == instant(recorded.content["time"])
        return int(row.updated_position)


@pytest.fixture
async def story(log: EventLog, runner: Runner) -> Story:
    """Two organisations in a cohort, and a question of one of them."""
    story = Story(log, runner)
    await story.record(*begun(), sample.framed())
    return story


@pytest.mark.parametrize(
    ("stream", "begins", "moves"),
    [
        (
            "question/other",
            (sample.framed("other"),),
            (sample.reframed("other"), sample.question_closed("other")),
        ),
        ("iteration/trial", (sample.planned(),), (sample.revised(), sample.started())),
        (
            "iteration/trial",
            (sample.planned(), sample.started()),
            (sample.concluded(result="invalid"),),
        ),
        ("failure/failure", (sample.failed(),), (sample.reclassified(),)),
        ("learning/learning", (sample.captured(),), (sample.learning_revised(),)),
        ("publication/report", (sample.released(cohort="heritage"),), (sample.withdrawn(),)),
        ("pairing/pair", (sample.paired(),), (sample.pairing_ended(),)),
        ("person/grace", (sample.introduced(),), (sample.forgotten(),)),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
async def test_g04_what_creates_and_moves_a_subject_updates_it(
    story: Story, stream: str, begins: tuple[EventJson, ...], moves: tuple[EventJson, ...]
) -> None:
    assert await story.record(*begins) == await story.updated(stream)
    for move in moves:
        assert await story.record(move) == await story.updated(stream)
    if not stream.startswith("person/"):
        assert await story.record(sample.shown(stream, "private")) == await story.updated(stream)


async def test_g04_a_void_of_what_moved_a_subject_updates_it_too(story: Story) -> None:
    await story.record(sample.captured())
    await story.record(sample.learning_revised(statement="Labels help."))
    second = await story.record(sample.learning_revised(statement="Short labels help."))
    assert await story.updated("learning/learning") == second
    void = await story.record(sample.voided(second))
    assert await story.updated("learning/learning") == void
    third = await story.record(sample.learning_revised(statement="Labels may help."))
    assert await story.updated("learning/learning") == third


async def test_g04_what_only_adds_does_not_update_a_subject(story: Story) -> None:
    created = await story.record(sample.captured())
    await story.record(
        sample.noted("learning/learning", visibility="private"),
        sample.challenged(),
        sample.adopted(),
    )
    added = await story.record(sample.noted("learning/learning"))
    await story.record(sample.shown(f"event/{added}", "private"), sample.voided(added))
    assert await story.updated("learning/learning") == created
    outcome = await story.record(sample.harvested())
    await story.record(sample.substantiated())
    assert await story.updated("outcome/outcome") == outcome
    iteration = await story.record(sample.planned(), sample.started())
    await story.record(sample.observed())
    assert await story.updated("iteration/trial") == iteration


async def test_g04_what_happens_below_what_every_key_sees_does_not_update_that(
    story: Story,
) -> None:
    streams = ("cohort/heritage", "question/heritage-question", "organisation/mill")
    before = {stream: await story.updated(stream) for stream in streams}
    for stream in streams:
        await story.record(sample.noted(stream))
        await story.record(sample.shown(stream, "private"))
    await story.record(sample.assessed())
    for move in (
        sample.reframed("heritage-question"),
        sample.question_closed("heritage-question"),
        sample.closed(),
    ):
        await story.record(sample.voided(await story.record(move)))
        await story.record(move)
    assert {stream: await story.updated(stream) for stream in streams} == before


async def test_g04_a_key_that_is_used_again_begins_anew(story: Story) -> None:
    first = await story.record(sample.captured())
    revision = await story.record(sample.learning_revised(statement="Labels help."))
    await story.record(sample.voided(revision), sample.voided(first))
    second = await story.record(sample.captured())
    assert await story.updated("learning/learning") == second


async def test_g04_an_earlier_state_of_a_subject_was_last_changed_by_then(story: Story) -> None:
    await story.record(sample.captured())
    first = await story.record(sample.learning_revised(statement="Labels help."))
    moment = at(24 * first)
    second = await story.record(sample.learning_revised(statement="Short labels help."))
    third = await story.record(sample.learning_revised(statement="Labels may help."))
    await story.record(sample.voided(third))

    async def stood(**given: Any) -> int:
        [row] = (await journey_as_of(story.log, "mill", **given))["learnings"]
        return int(row["updated_position"])

    assert await stood(position=second) == second
    assert await stood(position=first) == first
    # What had not happened by then was not voided by then, either.
    assert await stood(occurred_at=instant(moment)) == first
    assert await stood() == await story.updated("learning/learning") == third + 1

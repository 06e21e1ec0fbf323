"""The events that the benchmarks record: cohorts at work, and a mix of events about existing subjects."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import uuid4

from events.vocabulary.catalogue import VOCABULARY

Event = dict[str, Any]

COHORTS: Final = 8
ORGANISATIONS: Final = 5
ITERATIONS: Final = 10
BATCH_EVENTS: Final = 100
SOURCE: Final = "urn:howcanwe:benchmark"

_BEGIN: Final = datetime(2025, 1, 6, 9, tzinfo=UTC)
_OBSERVED: Final = (
    "Eleven of fourteen visitors stopped at the hand-written label and read it to the end; "
    "two asked who wrote it."
)
_NOTED: Final = "Talked this through on the phone; they will try it again on the second Sunday."
_LEARNED: Final = "People write more when the first three labels on the wall are by neighbours."


class Load:
    """Cohorts with organisations, questions and started iterations, and endless events about them.

    Loads of one name are about the same subjects, and their foundation is recorded once; each has events of its own.
    Loads of different names share nothing.
    """

    def __init__(self, name: str, *, seed: int = 1) -> None:
        self._name = name
        self._run = uuid4().hex[:8]
        self._random = Random(seed)
        self._count = itertools.count(1)
        self._iterations: list[tuple[str, str, str]] = []

    def foundation(self) -> list[Event]:
        """Return the events that must be recorded first: they create what the others are about."""
        return [event for cohort in range(COHORTS) for event in self._cohort(cohort)]

    def event(self) -> Event:
        """Return one more event: six in ten observe, the others take part, note, learn or plan."""
        iteration, organisation, cohort = self._random.choice(self._iterations)
        draw = self._random.random()
        if draw < 0.6:
            return self._event(
                "observation.recorded",
                iteration=iteration,
                text=_OBSERVED,
                measure="visitors who read to the end",
                value=11,
                evidence_kind="did_in_test",
            )
        if draw < 0.75:
            return self._event(
                "participation.recorded",
                iteration=iteration,
                people=14,
                level="involve",
                mode="contribute_ideas",
            )
        if draw < 0.9:
            return self._event(
                "note.added", about=f"iteration/{iteration}", organisation=organisation, text=_NOTED
            )
        if draw < 0.97:
            return self._event(
                "learning.captured",
                learning=f"{self._name}-{self._run}-l{next(self._count)}",
                organisation=organisation,
                cohort=cohort,
                statement=_LEARNED,
                loop="single",
                evidence_level=2,
                **{"from": [f"iteration/{iteration}"]},
            )
        iteration = f"{self._name}-{self._run}-i{next(self._count)}"
        return self._planned(iteration, organisation, cohort)

    def batch(self, events: int = BATCH_EVENTS) -> list[Event]:
        """Return that many more events."""
        return [self.event() for _ in range(events)]

    def _cohort(self, number: int) -> Iterator[Event]:
        cohort = f"{self._name}-{number}"
        yield self._event(
            "cohort.formed",
            cohort=cohort,
            title="The Valley's Keepers",
            question=f"{cohort}-shared",
            text="How can we look after the valley's past with those who live here?",
            facilitator="Imogen Farrant",
            starts_on="2025-01-06",
        )
        for organisation in (f"{cohort}-o{n}" for n in range(ORGANISATIONS)):
            yield self._event(
                "organisation.registered",
                organisation=organisation,
                name="Brackwater Mill Museum",
                sector="museums",
            )
            yield self._event("organisation.joined", organisation=organisation, cohort=cohort)
            yield self._event(
                "question.framed",
                question=f"{organisation}-q",
                organisation=organisation,
                cohort=cohort,
                text="How can we write the labels together with our neighbours?",
            )
            for n in range(ITERATIONS):
                iteration = f"{organisation}-i{n}"
                yield self._planned(iteration, organisation, cohort)
                yield self._event("iteration.started", iteration=iteration)
                self._iterations.append((iteration, organisation, cohort))

    def _planned(self, iteration: str, organisation: str, cohort: str) -> Event:
        return self._event(
            "iteration.planned",
            iteration=iteration,
            organisation=organisation,
            cohort=cohort,
            question=f"{organisation}-q",
            title="A wall of labels",
            hypothesis="If neighbours write the labels, visitors read them to the end.",
            action="Leave cards and pencils at the loom for a month.",
            measure="visitors who read to the end",
            criterion="at least half",
        )

    def _event(self, name: str, /, **data: object) -> Event:
        number = next(self._count)
        # By seconds: a million events must not reach into the future.
        time = _BEGIN + timedelta(seconds=number)
        return {
            "specversion": "1.0",
            "id": f"{self._name}-{self._run}-{number}",
            "source": SOURCE,
            "type": VOCABULARY.named(name).wire_name,
            "time": time.isoformat(),
            "actor": "person/imogen",
            "data": data,
        }

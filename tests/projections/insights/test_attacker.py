"""Hidden events change none of a viewer's figures, by their contents or by their existence.

The attacker here has every power over what is hidden but one: who sees what stays as it is (levels, memberships,
pairings, voids).
"""

from random import Random
from typing import Any

import pytest

from events.lines.recorded import read_event
from events.vocabulary import terms
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.record import EventCorrected
from projections.insights.index.index import Index
from tests.projections.insights.asking import Asker, Question
from tests.projections.insights.draws import THEMES
from tests.projections.insights.judging import EventJson, MemoryLog
from tests.projections.insights.naive.history import Fact, History
from tests.projections.insights.naive.visibility import Viewer, VisibleLog
from tests.projections.insights.stories import log_of_chance

pytestmark = pytest.mark.generated

SEEDS = 20
SEEDS_LONG = 300
QUESTIONS = 12
DECIDES_VISIBILITY = frozenset(
    {
        *("cohort.formed", "cohort.closed", "organisation.registered", "organisation.joined"),
        *("organisation.left", "organisations.paired", "pairing.ended", "visibility.changed"),
        "event.voided",
    }
)
TERMS: dict[str, Any] = {
    "facet": terms.Facet,
    "failure_cause": terms.FailureCause,
    "failure_type": terms.FailureType,
    "degree": terms.Degree,
    "result": terms.Result,
    "decision": terms.Decision,
    "framing": terms.Framing,
    "level": terms.ParticipationLevel,
    "loop": terms.Loop,
    "status": terms.CheckinStatus,
    "agreement": terms.Agreement,
    "kind": terms.InspirationKind,
    "change_type": terms.ChangeType,
    "outcome": terms.QuestionOutcome,
}
"""Closed terms by field; where a type has another meaning for a field, its subject's key is left alone."""


class Attack:
    """A log with everything rewritten, or taken away, that one viewer may not see."""

    def __init__(self, log: MemoryLog, viewer: Viewer, seed: int) -> None:
        self.dice = Random(f"attack {seed}")
        self.history = History.of(log.lines)
        self.visible = VisibleLog(self.history, viewer)
        self.hidden = {
            fact.position
            for fact in self.history.facts
            if fact.type not in DECIDES_VISIBILITY and not self.visible.sees_fact(fact)
        }
        # A correction is seen like the event that it is about.
        for line in log.lines:
            if line["type"] == EventCorrected.wire_name():
                about = line["data"]["event"] in self.hidden
                (self.hidden.add if about else self.hidden.discard)(line["position"])
        kept = self._needed() if self.dice.random() < 0.5 else None
        self.lines = [
            self._rewritten(line) if line["position"] in self.hidden else line
            for line in log.lines
            if kept is None or line["position"] in kept
        ]

    def _needed(self) -> set[int]:
        """The positions of what is shown, and of what was created that something kept names."""
        kept: set[int] = set()
        named: set[str] = set()
        while True:
            more = [
                fact
                for fact in self.history.facts
                if self._is_needed(fact, named) and fact.position not in kept
            ]
            if not more:
                return kept
            kept.update(fact.position for fact in more)
            named.update(name for fact in more for _, name in fact.named)

    def _is_needed(self, fact: Fact, named: set[str]) -> bool:
        if fact.type == "visibility.changed" and fact.first is not None:
            return fact.first in named
        return fact.position not in self.hidden or not named.isdisjoint(fact.created)

    def _rewritten(self, log_of_chance: EventJson) -> EventJson:
        data = self._other(log_of_chance["data"])
        time = log_of_chance["time"]
        if self.dice.random() < 0.5:
            time = f"{self.dice.randrange(2014, 2027)}{time[4:]}".replace("-02-29", "-02-28")
        return {**log_of_chance, "time": time, "data": data}

    def _other(self, data: EventJson) -> EventJson:
        """Return other data, of the same form."""
        data = dict(data)
        for field, value in data.items():
            if value == "deviance":
                continue  # It decides who sees the failure.
            if field in TERMS and value in list(TERMS[field]):
                data[field] = self.dice.choice(
                    [term.value for term in TERMS[field] if term != "deviance"]
                )
            elif field == "themes":
                data[field] = self.dice.sample(THEMES, 2)
            elif field in ("people", "hours", "months_after"):
                data[field] = self.dice.randrange(100)
            elif field == "text" and "question" in data:
                data[field] = "How can we hide this with light?"
            elif field == "fields":
                data[field] = self._other(value)
        return data

    def index(self) -> Index:
        index = Index()
        for line in self.lines:
            index.take(read_event(line, VOCABULARY))
        return index


def attack(seed: int) -> int:
    log = log_of_chance(seed)
    dice = Random(f"viewers {seed}")
    asker = Asker(log, seed)
    before = Index()
    for event in log.events():
        before.take(event)
    changed = 0
    for _ in range(QUESTIONS):
        question = asker.question()
        viewer = Viewer(
            question.viewer.role.value, question.viewer.cohorts, question.viewer.organisation
        )
        attacked = Attack(log, viewer, dice.randrange(1_000_000))
        changed += len(attacked.hidden)
        assert answers(question, attacked.index()) == answers(question, before), (seed, question)
    return changed


def answers(question: Question, index: Index) -> dict[str, Any]:
    """All that is answered but `partial`, which says that something is hidden."""
    found = question.of_the_product(index)
    del found["partial"]
    return found


@pytest.mark.parametrize("seed", range(SEEDS))
def test_hidden_events_have_no_part_in_any_figure(seed: int) -> None:
    attack(seed)


def test_the_attacker_finds_something_to_attack() -> None:
    assert sum(attack(seed) for seed in range(SEEDS, SEEDS + 4)) > 500


@pytest.mark.long
@pytest.mark.parametrize("seed", range(SEEDS, SEEDS_LONG))
def test_hidden_events_have_no_part_in_any_figure_of_many_more(seed: int) -> None:
    attack(seed)

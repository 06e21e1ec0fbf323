"""An invented cohort: what exists in it, and how its events are recorded."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from events.vocabulary.values.question_form import ENGLISH
from service.samples.generator.participants.commons import Commons, Pool
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.sender import SampleSender
from service.samples.generator.participants.subject import (
    SampleFailure,
    SampleIteration,
    SampleLearning,
    SamplePairing,
    SampleQuestion,
    SampleSubject,
)
from service.samples.generator.randomness.agenda import Agenda
from service.samples.generator.randomness.clock import DAY, HOUR, workday
from service.samples.generator.randomness.dice import Dice
from service.samples.generator.randomness.wording import Domain, Phrasebook, lexicon

S = TypeVar("S", bound=SampleSubject)

_HOME = "GB"
_ADDITIONS_MAX = 50
_PRECISIONS = ("minute", "day", "day", "day", "month", "year")
_TROUBLES = (
    ("complex", "process_inadequacy", "process"),
    ("complex", "task_challenge", "participation"),
    ("basic", "inattention", "participation"),
    ("intelligent", "uncertainty", "purpose"),
    ("intelligent", "hypothesis_testing", "practice"),
)


class Addition(NamedTuple):
    """An event that only added something, so that it can be voided, hidden or corrected later."""

    position: int
    first: SampleSubject | None  # The first subject it names; None for an organisation.
    by: SampleOrganisation | None
    data: dict[str, object]


class SampleCohort:
    """The state of one cohort. Stories read it, record events through it and update it."""

    def __init__(
        self,
        index: int,
        *,
        dice: Dice,
        domains: tuple[Domain, ...],
        agenda: Agenda,
        commons: Commons,
        sender: SampleSender,
        closes_at: int | None,
        bustle: float,
    ) -> None:
        self.key = f"c{index:04}"
        self.dice = dice
        self.words = Phrasebook(dice)
        self.domains = domains
        self.domain = dice.pick(domains)
        self.agenda = agenda
        self.commons = commons
        self.sender = sender
        self.begins_at = agenda.now
        self.closes_at = closes_at  # None for a cohort that is not closed by the last moment.
        self.bustle = bustle  # How much happens, relative to a typical cohort.
        self.closed_at: int | None = None
        self.subject = SampleSubject("cohort", self.key, "", "cohort", agenda.now)
        self.language = ENGLISH if dice.chance(0.75) else dice.pick(lexicon().languages)
        self.question = SampleQuestion(
            "question", "", "", "cohort", 0, language=self.language, shared=True
        )
        self.invited: list[SampleOrganisation] = []
        self.hosts: list[SampleOrganisation] = []
        self.hosts_ever: list[SampleOrganisation] = []
        self.organisations: list[SampleOrganisation] = []
        self.questions: list[SampleQuestion] = []
        self.iterations: list[SampleIteration] = []
        self.failures: list[SampleFailure] = []
        self.learnings: list[SampleLearning] = []
        self.outcomes: list[SampleSubject] = []
        self.asks: list[SampleSubject] = []
        self.inspirations: list[SampleSubject] = []
        self.pairings: list[SamplePairing] = []
        self.sessions: list[SampleSubject] = []
        self.commitments: list[SampleSubject] = []
        self.publications: list[SampleSubject] = []
        self.additions: list[Addition] = []
        # What fails repeatedly here: kind, cause and facet of a failure.
        self.trouble: tuple[str, str, str] = dice.pick(_TROUBLES)
        self._keys: dict[str, int] = {}
        self._sent = 0

    @property
    def now(self) -> int:
        """The current moment of the stories."""
        return self.agenda.now

    @property
    def expected_end(self) -> int:
        """When the cohort closes, or would close after the end of the record."""
        return self.agenda.last if self.closes_at is None else self.closes_at

    @property
    def elapsed(self) -> float:
        """The part of the cohort's time that has passed, 0 to 1 (more after the close)."""
        return (self.now - self.begins_at) / (self.expected_end - self.begins_at)

    def new_key(self, letter: str) -> str:
        """Return a key that is unique in all cohorts."""
        count = self._keys.get(letter, 0) + 1
        self._keys[letter] = count
        return f"{self.key}-{letter}{count}"

    def after(self, low: float, high: float) -> int:
        """Return a moment in working hours, this many days from now (at least an hour)."""
        days = self.dice.between(int(low * DAY), int(high * DAY))
        if days < DAY:
            return self.now + max(days, HOUR)
        midnight = (self.now + days) // DAY * DAY
        return workday(midnight + self.dice.between(8 * HOUR, 18 * HOUR))

    def moment_between(self, low: float, high: float) -> int:
        """Return a moment in working hours between these parts of the cohort's time."""
        span = self.expected_end - self.begins_at
        at = self.begins_at + self.dice.between(int(low * span), int(high * span))
        return workday(at // DAY * DAY + self.dice.between(8 * HOUR, 18 * HOUR))

    def under_way(self) -> bool:
        """Whether the cohort is not closed yet."""
        return self.closed_at is None

    def may_begin(self, organisation: SampleOrganisation) -> bool:
        """Return whether the organisation may begin anything in the cohort now."""
        return organisation.present and self.under_way()

    def present(self) -> list[SampleOrganisation]:
        """Return the organisations that are members now, or were at the close."""
        return [one for one in self.organisations if one.present]

    def peer_of(self, organisation: SampleOrganisation | None) -> SampleOrganisation | None:
        """Return another organisation that is present, or None."""
        others = [one for one in self.organisations if one.present and one is not organisation]
        return self.dice.pick(others) if others else None

    def sees(self, organisation: SampleOrganisation, subject: SampleSubject) -> bool:
        """Return whether the organisation may see a peer's subject now."""
        if subject.level == "public":
            return True
        if not subject.inside or subject.level == "private":
            return False
        if subject.level == "cohort":
            return True
        return any(
            pairing.ended_at is None and any(one.key == subject.owner for one in pairing.members)
            for pairing in organisation.pairings
        )

    def record(
        self,
        name: str,
        data: dict[str, object],
        *,
        by: SampleOrganisation | None = None,
        at: int | None = None,
        level: str | None = None,
        correlation: str | None = None,
        cause: str | None = None,
    ) -> int:
        """Send an event, without members that are None or empty lists but `hosts`, and return its position.

        `by` is the organisation that records it, None for the facilitator; `at` is its time, by default now; `cause` is
        the id of the event that led to it.
        """
        dice = self.dice
        extensions: dict[str, str] = {}
        if dice.chance(0.04):
            kind, key = next(iter(data.items()))
            if kind not in ("event", "of", "about"):
                extensions["subject"] = f"{kind}/{key}"
        if level is not None:
            extensions["visibility"] = level
        if by is not None and by.people and dice.chance(0.4):
            extensions["actor"] = f"person/{dice.pick(by.people)}"
        elif by is None and dice.chance(0.15):
            extensions["actor"] = "service/facilitation-desk"
        if correlation is not None:
            extensions["correlationid"] = correlation
        if cause is not None:
            extensions["causationid"] = cause
        if at is not None and at < self.now - DAY and dice.chance(0.2):
            extensions["timeprecision"] = dice.pick(_PRECISIONS)
        self._sent += 1
        return self.sender.send(
            name,
            self.last_id,
            self.now if at is None else at,
            _HOME if by is None else by.zone,
            {field: value for field, value in data.items() if _states(field, value)},
            extensions,
        )

    @property
    def last_id(self) -> str:
        """The id of the last event."""
        return f"{self.key}-{self._sent:04}"

    def add(
        self,
        name: str,
        data: dict[str, object],
        first: SampleSubject | None,
        *,
        by: SampleOrganisation | None = None,
        at: int | None = None,
        level: str | None = None,
        correlation: str | None = None,
    ) -> None:
        """Like `record`, for an event that only adds something: it may be voided, hidden or corrected later."""
        position = self.record(name, data, by=by, at=at, level=level, correlation=correlation)
        if self.sender.corrects:
            addition = Addition(position, first, by, data)
            if len(self.additions) < _ADDITIONS_MAX:
                self.additions.append(addition)
            else:
                self.additions[self.dice.below(_ADDITIONS_MAX)] = addition

    def links(self, share: float) -> list[str]:
        """Return the addresses of one or two pictures in this share of the calls, else an empty list."""
        if not self.dice.chance(share):
            return []
        return [
            f"https://pictures.example.org/{self.new_key('picture')}"
            for _ in range(self.dice.between(1, 2))
        ]

    def hand_over(self) -> None:
        """Make the cohort's public subjects and its organisations available to later cohorts."""
        commons, dice = self.commons, self.dice
        commons.cohorts.keep(self.subject, dice)
        _keep_public(commons.questions, self.questions, dice)
        _keep_public(commons.iterations, self.iterations, dice)
        _keep_public(commons.learnings, self.learnings, dice)
        _keep_public(commons.inspirations, self.inspirations, dice)
        _keep_public(commons.asks, self.asks, dice)
        _keep_public(commons.citable, [*self.failures, *self.outcomes, *self.learnings], dice)
        free_from = self.agenda.last if self.closed_at is None else self.closed_at
        for organisation in [*self.organisations, *self.hosts_ever]:
            organisation.depart(free_from)
            commons.organisations.keep(organisation, dice)


def _states(field: str, value: object) -> bool:
    # An empty list of hosts takes all hosts back.
    return value is not None and (value != [] or field == "hosts")


def _keep_public(pool: Pool[S], things: Sequence[S], dice: Dice) -> None:
    # A cohort with a large scale must not fill the whole pool.
    for thing in dice.some(things, 12, 12):
        if thing.level == "public":
            pool.keep(thing, dice)

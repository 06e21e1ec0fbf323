"""The work of an organisation, in a cohort or outside one."""

from events.vocabulary.values.question_form import ENGLISH
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import (
    SampleIteration,
    SampleQuestion,
    SampleSubject,
)
from service.samples.generator.randomness.clock import DAY, HOUR


class Work:
    """The context of an organisation's stories: the organisation, the cohort, and how late events are recorded."""

    __slots__ = ("cohort", "correlation", "dice", "inside", "organisation", "words")

    def __init__(
        self, cohort: SampleCohort, organisation: SampleOrganisation, *, inside: bool = True
    ) -> None:
        self.cohort = cohort
        self.organisation = organisation
        self.inside = inside
        self.dice = cohort.dice
        self.words = cohort.words
        self.correlation: str | None = None

    def may_begin(self) -> bool:
        """Return whether anything may be begun now; always true outside a cohort."""
        return not self.inside or self.cohort.may_begin(self.organisation)

    def may_settle(self) -> bool:
        """Return whether existing subjects may be concluded, revised or opened, even after the close."""
        return not self.inside or self.organisation.present

    @property
    def cohort_key(self) -> str | None:
        """The value of the field `cohort`."""
        return self.cohort.key if self.inside else None

    def says(self, kind: str) -> str:
        """Return a sentence in the words of the organisation's domain."""
        return self.words.say(self.organisation.domain, kind)

    def perhaps(self, share: float, kind: str) -> str | None:
        """Return such a sentence in this share of the calls, else None."""
        return self.says(kind) if self.dice.chance(share) else None

    def pause(self, low: float, high: float) -> int:
        """Return a moment this many days from now, scaled by the organisation's pace."""
        pace = self.organisation.temperament.pace
        return self.cohort.after(low * pace, high * pace)

    def lately(self, since: int) -> int:
        """Return the time of an event: mostly now, sometimes days ago, but after `since` and after joining."""
        now = self.cohort.now
        if not self.dice.chance(self.organisation.temperament.late_notes):
            return now
        days = self.dice.between(1, 40 if self.dice.chance(0.1) else 9)
        floor = max(since, self.organisation.joined_at) + HOUR
        return min(now, max(floor, now - days * DAY))

    def record(
        self,
        name: str,
        data: dict[str, object],
        *,
        at: int | None = None,
        level: str | None = None,
        cause: str | None = None,
    ) -> int:
        """Send an event of the organisation, and return its position."""
        return self.cohort.record(
            name,
            data,
            by=self.organisation,
            at=at,
            level=level,
            correlation=self.correlation,
            cause=cause,
        )

    def add(
        self,
        name: str,
        data: dict[str, object],
        first: SampleSubject | None,
        *,
        at: int | None = None,
        level: str | None = None,
    ) -> None:
        """Like `record`, for an event that only adds something."""
        self.cohort.add(
            name,
            data,
            first,
            by=self.organisation,
            at=at,
            level=level,
            correlation=self.correlation,
        )

    def level(self, *, public: float) -> str | None:
        """Return the visibility of something new: None, or one of the four levels."""
        dice = self.dice
        if dice.chance(public):
            return "public"
        if dice.chance(0.75):
            return None
        return dice.pick(("private", "pair", "pair", "cohort"))

    def own_question(self) -> SampleQuestion | None:
        """Return an open question of the organisation, or None."""
        for _ in range(4):
            if not self.cohort.questions:
                break
            question = self.dice.pick(self.cohort.questions)
            if question.owner == self.organisation.key and not question.closed:
                return question
        return None

    def own_iteration(self) -> SampleIteration | None:
        """Return an iteration of the organisation in this work's cohort, or outside cohorts, or None."""
        own = [
            one
            for one in self.cohort.iterations[-40:]
            if one.owner == self.organisation.key and one.inside == self.inside
        ]
        return self.dice.pick(own) if own else None

    @property
    def usual_language(self) -> str:
        """The language of a question that names none."""
        return self.cohort.language if self.inside else ENGLISH

    def question(self, language: str, other_than: str = "") -> str:
        """Return a question in the language that differs from `other_than`."""
        return self.words.question(self.organisation.domain, language, other_than)

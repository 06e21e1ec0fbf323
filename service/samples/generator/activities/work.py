"""An organisation at work, inside a cohort or on its own account."""

from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import SampleQuestion, SampleSubject
from service.samples.generator.randomness.clock import DAY, HOUR


class Work:
    """What an organisation's stories share: who, where, and how late they write things down."""

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
        """Whether anything may be done now. Outside a cohort, always."""
        return not self.inside or self.cohort.may_begin(self.organisation)

    def may_settle(self) -> bool:
        """Whether what was begun may be concluded, revised or opened: after the close too."""
        return not self.inside or self.organisation.present

    @property
    def cohort_key(self) -> str | None:
        """What the field `cohort` should say."""
        return self.cohort.key if self.inside else None

    def says(self, kind: str) -> str:
        """A sentence in the organisation's own words."""
        return self.words.say(self.organisation.domain, kind)

    def perhaps(self, share: float, kind: str) -> str | None:
        """Such a sentence, or nothing."""
        return self.says(kind) if self.dice.chance(share) else None

    def pause(self, low: float, high: float) -> int:
        """A moment this many days from now, at the organisation's own pace."""
        pace = self.organisation.temperament.pace
        return self.cohort.after(low * pace, high * pace)

    def lately(self, since: int) -> int:
        """When it happened: mostly now; at times days ago, but after `since` and after joining."""
        now = self.cohort.now
        if not self.dice.chance(self.organisation.temperament.late_notes):
            return now
        days = self.dice.between(1, 40 if self.dice.chance(0.1) else 9)
        floor = max(since, self.organisation.joined_at) + HOUR
        return min(now, max(floor, now - days * DAY))

    def tell(
        self,
        name: str,
        data: dict[str, object],
        *,
        at: int | None = None,
        level: str | None = None,
        cause: str | None = None,
    ) -> int:
        """The organisation's event is sent; returns its position."""
        return self.cohort.tell(
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
        """As `tell`, for an event that only adds."""
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
        """The visibility to send with something new: none sent, or one of the four."""
        dice = self.dice
        if dice.chance(public):
            return "public"
        if dice.chance(0.75):
            return None
        return dice.pick(("private", "pair", "pair", "cohort"))

    def own_question(self) -> SampleQuestion | None:
        """A question of the organisation's own that is open, if luck finds one."""
        for _ in range(4):
            if not self.cohort.questions:
                break
            question = self.dice.pick(self.cohort.questions)
            if question.owner == self.organisation.key and not question.closed:
                return question
        return None

"""The generator's state of each subject that it has recorded."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.samples.generator.participants.organisation import SampleOrganisation
    from service.samples.generator.randomness.wording import SampleMeasure

LEVELS = ("private", "pair", "cohort", "public")


@dataclass(slots=True, eq=False)
class SampleSubject:
    """A subject, which has a stream of its own."""

    kind: str
    key: str
    owner: str  # The organisation's key; empty if it belongs to none.
    level: str
    since: int  # When it was created or last moved.
    inside: bool = True  # Whether it belongs to a cohort.

    @property
    def ref(self) -> str:
        """The subject as `<kind>/<key>`."""
        return f"{self.kind}/{self.key}"


@dataclass(slots=True, eq=False)
class SampleQuestion(SampleSubject):
    """A question that begins "How can we", in its language."""

    text: str = ""
    themes: list[str] = field(default_factory=list)
    language: str = "en"
    shared: bool = False
    closed: bool = False


@dataclass(slots=True, eq=False)
class SampleIteration(SampleSubject):
    """Something tried."""

    question: SampleQuestion | None = None
    measure: "SampleMeasure | None" = None
    foreseen: bool = False  # Whether the plan named a measure and a criterion from the beginning.
    modes: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    evidence: int = 0  # Observations, on the plan's measure if it names one.
    started_at: int | None = None
    concluded_at: int | None = None
    result: str = ""
    decision: str = ""


@dataclass(slots=True, eq=False)
class SampleFailure(SampleSubject):
    """Something that did not go as somebody intended."""

    iteration: SampleIteration | None = None
    cause: str | None = None
    themes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class SampleLearning(SampleSubject):
    """Something that somebody has learned."""

    themes: list[str] = field(default_factory=list)
    statement: str = ""


@dataclass(slots=True, eq=False)
class SamplePairing(SampleSubject):
    """Two or three organisations that meet."""

    members: "tuple[SampleOrganisation, ...]" = ()
    ended_at: int | None = None

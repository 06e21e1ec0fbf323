"""An invented organisation, which may join several cohorts in turn."""

from dataclasses import dataclass, field

from service.samples.generator.participants.subject import (
    SampleIteration,
    SampleLearning,
    SamplePairing,
)
from service.samples.generator.participants.temperament import Temperament
from service.samples.generator.randomness.wording import Domain


@dataclass(slots=True, eq=False)
class SampleOrganisation:
    """A participant. After a cohort, it keeps only what it may return to."""

    key: str
    domain: Domain
    zone: str
    temperament: Temperament
    level: float  # Of participation, 0 to 4, at which it begins.
    name: str = ""
    since: int = 0  # When it was registered or became free for another cohort; 0 before.
    people: list[str] = field(default_factory=list)
    present: bool = False
    joined_at: int = 0
    last_iteration: SampleIteration | None = None
    adopted: set[str] = field(default_factory=set)
    learnings: list[SampleLearning] = field(default_factory=list)
    pairings: list[SamplePairing] = field(default_factory=list)

    @property
    def owner(self) -> str:
        """Its own key, because everything in the commons has an owner."""
        return self.key

    def depart(self, free_from: int) -> None:
        """Forget the cohort, so that the organisation may join another one from this moment on."""
        self.since = free_from
        self.present = False
        self.adopted = set()
        self.learnings = []
        self.pairings = []

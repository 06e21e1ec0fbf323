"""An organisation, as it comes into a cohort and perhaps into another."""

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
    """Who takes part. Of its time in a cohort it keeps only what it may come back to."""

    key: str
    domain: Domain
    zone: str
    temperament: Temperament
    level: float  # Of participation, 0 to 4, at which it begins.
    since: int = 0  # When it was registered, or became free for another cohort; 0 before that.
    people: list[str] = field(default_factory=list)
    present: bool = False
    joined_at: int = 0
    last_iteration: SampleIteration | None = None
    adopted: set[str] = field(default_factory=set)
    learnings: list[SampleLearning] = field(default_factory=list)
    pairings: list[SamplePairing] = field(default_factory=list)

    @property
    def owner(self) -> str:
        """Its own key: what is asked of everything in the commons."""
        return self.key

    def depart(self, free_from: int) -> None:
        """Forgets the cohort, so that it may come into another from this moment."""
        self.since = free_from
        self.present = False
        self.adopted = set()
        self.learnings = []
        self.pairings = []

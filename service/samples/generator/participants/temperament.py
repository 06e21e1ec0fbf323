"""The habits of organisations, which differ."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Temperament:
    """The habits of an organisation, as shares of occasions unless noted."""

    name: str
    pace: float = 1.0  # Pauses are multiplied by it.
    strands: float = 1.0  # The number of questions is multiplied by it.
    active: float = 1.0  # The part of the cohort's time in which it begins new work.
    records_failures: float = 0.5
    only_successes: bool = False
    stalls: float = 0.08
    follows_up: float = 0.65
    hears_evidence: float = 0.85
    opens: float = 0.3  # How much it makes public.
    attends: float = 0.35  # Peers' learnings that it adopts, per iteration.
    late_notes: float = 0.15  # Events that are recorded days later.
    drift: float = 1.0  # Levels of participation gained over the cohort's time.


TEMPERAMENTS = (
    Temperament("steady"),
    Temperament("steady", attends=0.5, drift=0.5),
    Temperament("candid", records_failures=0.95, opens=0.6, follows_up=0.85, drift=2.0),
    Temperament("reticent", records_failures=0.0, only_successes=True, opens=0.1, drift=0.0),
    Temperament("quiet", strands=0.7, active=0.3, stalls=0.2, attends=0.2, drift=-0.5),
    Temperament("quick", pace=0.6, strands=1.3, hears_evidence=0.7, late_notes=0.05, drift=1.5),
    Temperament("slow", pace=1.6, strands=0.8, late_notes=0.3, follows_up=0.45),
    Temperament("scattered", strands=1.2, stalls=0.25, follows_up=0.25, late_notes=0.25, drift=0.3),
)

"""The scope of a question."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Scope:
    """Filters joined by and, their values by or; `since` and `until` (µs, half-open) are the page's from and to."""

    cohorts: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    since: int | None = None
    until: int | None = None

    def of_cohort(self, cohort: str) -> "Scope":
        return replace(self, cohorts=frozenset([cohort]))

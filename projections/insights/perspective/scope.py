"""The scope of a request for figures: its filters."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Scope:
    """Filters combined with AND, the values of each with OR. An empty one does not filter.

    `from_us` and `to_us` (µs, half-open) select by the defining moment, which each figure states. Themes and sectors
    are compared in their folded form.
    """

    cohorts: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    from_us: int | None = None
    to_us: int | None = None

    def of_cohort(self, cohort: str) -> "Scope":
        """Return the same scope with only this cohort."""
        return replace(self, cohorts=frozenset((cohort,)))

"""What a question is about."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Scope:
    """Filters joined by and, the values of each by or; an empty one is no filter.

    `from_us` and `to_us` (µs, half-open) choose things by their one moment; see the figures for which that is. Themes
    and sectors are compared in their folded form.
    """

    cohorts: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    from_us: int | None = None
    to_us: int | None = None

    def of_cohort(self, cohort: str) -> "Scope":
        """Return the same scope with this one cohort."""
        return replace(self, cohorts=frozenset((cohort,)))

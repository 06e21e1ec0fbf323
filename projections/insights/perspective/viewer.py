"""The viewer of figures: role, organisation and cohorts."""

import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Self

from events.access.audience import ViewerTokens, tokens
from events.access.principal import Principal, Role
from events.vocabulary.types.cohorts import CohortClosed, PairingEnded
from projections.insights.index.index import Index
from projections.insights.index.indexed import IndexedSubject

_MANY: Final = sys.maxsize
_WRITTEN: Final = {
    Role.FACILITATOR.value: range(_MANY),
    Role.ORGANISATION.value: range(1, 2),
    Role.EVALUATOR.value: range(1, _MANY),
    Role.ANALYST.value: range(1),
    Role.PUBLIC.value: range(1),
}
"""How many keys people may write behind a role."""


@dataclass(frozen=True, slots=True)
class FigureViewer:
    """A role with its cohorts or organisation. A facilitator without cohorts is facilitator of everything."""

    role: Role
    cohorts: frozenset[str] = frozenset()
    organisation: str | None = None

    @classmethod
    def of(cls, sender: Principal) -> Self:
        """Return the viewer for a principal."""
        return cls(sender.role, sender.cohorts, sender.organisation)

    @classmethod
    def named(cls, text: str) -> Self:
        """Return the viewer that people write as `role` or `role:KEY,KEY`. Raises ValueError with what is expected."""
        name, separator, keys = text.partition(":")
        named = [key for key in keys.split(",") if key]
        role = Role(name) if name in _WRITTEN else None
        takes = _WRITTEN.get(name, range(0))
        if role is None or bool(separator) != bool(named) or len(named) not in takes:
            raise ValueError(
                f"{text or repr(text)}: expected facilitator, facilitator:COHORT,…, organisation:KEY,"
                " evaluator:COHORT,…, analyst or public"
            )
        if role is Role.ORGANISATION:
            return cls(role, organisation=named[0])
        return cls(role, cohorts=frozenset(named))

    def viewer_tokens(self, index: Index) -> ViewerTokens:
        """Return the tokens of the viewer that follow from the current index."""
        members = (key for cohort in self.cohorts for key in index.members[cohort])
        return ViewerTokens(
            tokens(
                self.role,
                of=self.organisation,
                cohorts=self.cohorts,
                ever=() if self.organisation is None else index.homes[self.organisation],
                peers=() if self.organisation is None else _peers(index, self.organisation),
                members=members,
            )
        )

    @property
    def facilitates_everything(self) -> bool:
        """Whether the viewer is a facilitator of everything."""
        return self.role is Role.FACILITATOR and not self.cohorts

    def oversees(self, cohorts: Collection[str]) -> bool:
        """Return whether the viewer facilitates or evaluates all of these cohorts, or everything if there are none."""
        if self.facilitates_everything:
            return True
        is_theirs = bool(cohorts) and self.cohorts.issuperset(cohorts)
        return is_theirs and self.role in (Role.FACILITATOR, Role.EVALUATOR)


def _peers(index: Index, organisation: str) -> Iterator[tuple[str, str]]:
    """Yield the organisations that are paired with this one now, each with the cohort of the pairing."""
    for pairing in index.pairings[organisation]:
        if pairing.cohort is not None and not _has_ended(index, pairing):
            for owner in pairing.owners:
                yield pairing.cohort, owner


def _has_ended(index: Index, pairing: IndexedSubject) -> bool:
    if pairing.born.voided_by is not None or any(
        entry.type == PairingEnded.name and entry.voided_by is None for entry in pairing.entries
    ):
        return True
    cohort = pairing.born.refs["cohort"][0]
    if any(entry.type == CohortClosed.name and entry.voided_by is None for entry in cohort.entries):
        return True
    return any(
        entry.voided_by is None and entry.position > pairing.position
        for owner in pairing.owners
        for entry in index.leavings[cohort.key, owner]
    )

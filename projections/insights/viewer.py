"""Who looks, as far as the figures care."""

from dataclasses import dataclass
from typing import Self

from events.senders import Role, Sender


@dataclass(frozen=True, slots=True)
class Viewer:
    """A role with its cohorts or organisation. A facilitator without cohorts is facilitator of everything."""

    role: Role
    cohorts: frozenset[str] = frozenset()
    organisation: str | None = None

    @classmethod
    def of(cls, sender: Sender) -> Self:
        """Return the viewer that a key stands for."""
        return cls(sender.role, sender.cohorts, sender.organisation)

    @property
    def facilitates_everything(self) -> bool:
        """Whether it is a facilitator without limits."""
        return self.role is Role.FACILITATOR and not self.cohorts

"""What a key allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from events.access.principal import Role
from events.vocabulary.stream import is_key
from service.errors import GrantError

EVERY_COHORT: Final = "*"
"""What a facilitator of everything names instead of cohorts."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key allows. Raises GrantError where it makes no sense.

    A facilitator's `cohorts` are those that it facilitates, at least one, or EVERY_COHORT alone. Those of an
    organisation's key are all that the organisation may ever have joined: it ends when the organisation joins another.
    Without any, the organisation may join what it likes.
    """

    role: Role
    cohorts: Sequence[str] = ()
    organisation: str | None = None
    sources: Sequence[str] = ()
    expires: datetime | None = None

    def __post_init__(self) -> None:
        if self.role is Role.PUBLIC:
            raise GrantError("the public needs no key")
        if self.role is Role.EVALUATOR:
            raise GrantError("keys of the role evaluator are not made yet")
        if (self.organisation is not None) != (self.role is Role.ORGANISATION):
            raise GrantError(
                "a key of the role organisation names its organisation, and no other key does"
            )
        if self.cohorts and self.role not in (Role.FACILITATOR, Role.ORGANISATION):
            raise GrantError("only a facilitator's or an organisation's key is limited to cohorts")
        if self.role is Role.FACILITATOR and not self.cohorts:
            raise GrantError(
                f"a facilitator's key names its cohorts; {EVERY_COHORT!r} instead of them is all of them"
            )
        organisations = () if self.organisation is None else (self.organisation,)
        for key in (*self.limits, *organisations):
            if not is_key(key):
                raise GrantError(f"{key!r} has not the form of a key")
        if not all(self.sources) or any("\0" in source for source in self.sources):
            raise GrantError("a source's prefix has at least one character, and none of them is 0")
        if self.expires is not None and self.expires <= datetime.now(UTC):
            raise GrantError("a key expires in the future")

    @property
    def limits(self) -> tuple[str, ...]:
        """The cohorts that it is limited to; none: it is not limited."""
        is_everything = self.role is Role.FACILITATOR and tuple(self.cohorts) == (EVERY_COHORT,)
        return () if is_everything else tuple(self.cohorts)

"""What a key allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from events.fields import is_key
from events.senders import Role
from service.errors import GrantError


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key allows. Raises GrantError where it makes no sense."""

    role: Role
    cohorts: Sequence[str] = ()
    organisation: str | None = None
    sources: Sequence[str] = ()
    expires: datetime | None = None

    def __post_init__(self) -> None:
        if self.role is Role.PUBLIC:
            raise GrantError("the public needs no key")
        if (self.organisation is not None) != (self.role is Role.ORGANISATION):
            raise GrantError(
                "a key of the role organisation names its organisation, and no other key does"
            )
        if self.cohorts and self.role is not Role.FACILITATOR:
            raise GrantError("only a facilitator's key is limited to cohorts")
        for key in (*self.cohorts, *([self.organisation] if self.organisation else ())):
            if not is_key(key):
                raise GrantError(f"{key!r} has not the form of a key")
        if not all(self.sources) or any("\0" in source for source in self.sources):
            raise GrantError("a source's prefix has at least one character, and none of them is 0")
        if self.expires is not None and self.expires <= datetime.now(UTC):
            raise GrantError("a key expires in the future")

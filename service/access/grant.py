"""The grant of a key: its role, its cohorts, its organisation and its sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from events.access.policy import records
from events.access.principal import Role
from events.vocabulary.stream import is_key
from events.vocabulary.values.text_folding import folded
from service.errors import GrantError

NAME_CHARACTERS_MAX: Final = 200

EVERY_COHORT: Final = "*"
"""Stands for every cohort in the grant of an unrestricted facilitator."""

_OF_COHORTS: Final = (Role.FACILITATOR, Role.EVALUATOR, Role.ORGANISATION, Role.GUEST)
_OF_ORGANISATION: Final = (Role.ORGANISATION, Role.GUEST)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key allows. Raises GrantError if its parts contradict each other.

    A facilitator's key names the `cohorts` that it facilitates, at least one, or EVERY_COHORT alone; an evaluator's key
    the cohorts that it evaluates, at least one. If an organisation's key names cohorts, the key ends as soon as the
    organisation joins any other cohort; without cohorts, it does not end that way. A guest's key names its organisation
    and one cohort, expires, and comes from an `invitation`, whose id it names: nothing else makes one.

    `types` are the short names of the only types that the key may record, if there are any.

    `name` is that of the key's holder. Members of a cohort are shown the names of its evaluators.
    """

    role: Role
    cohorts: Sequence[str] = ()
    organisation: str | None = None
    sources: Sequence[str] = ()
    expires: datetime | None = None
    name: str | None = None
    invitation: str | None = None
    types: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.role is Role.PUBLIC:
            raise GrantError("a key cannot have the role public: the public needs no key")
        if self.role is Role.GUEST and (self.invitation is None or self.expires is None):
            raise GrantError("a key with the role guest is made only by the code of a workshop")
        if (self.organisation is not None) != (self.role in _OF_ORGANISATION):
            raise GrantError(
                "a key with the role organisation must name its organisation, and no other key may name one"
            )
        if self.cohorts and self.role not in _OF_COHORTS:
            raise GrantError(
                "only the key of a facilitator, an evaluator or an organisation can name cohorts"
            )
        if self.role is Role.FACILITATOR and not self.cohorts:
            raise GrantError(
                f"a facilitator's key must name its cohorts, or {EVERY_COHORT!r} alone for all of them"
            )
        if self.role is Role.EVALUATOR and (not self.cohorts or EVERY_COHORT in self.cohorts):
            raise GrantError(
                f"an evaluator's key must name its cohorts, at least one; {EVERY_COHORT!r} is for facilitators"
            )
        if self.role is Role.GUEST and (len(self.cohorts) != 1 or EVERY_COHORT in self.cohorts):
            raise GrantError("a guest's key must name one cohort")
        if (self.sources or self.types) and not records(self.role):
            raise GrantError(
                f"a key with the role {self.role.value} records nothing, so it cannot name sources or types"
            )
        organisations = () if self.organisation is None else (self.organisation,)
        for key in (*self.limits, *organisations):
            if not is_key(key):
                raise GrantError(f"{key!r} is not a valid key")
        if not all(self.sources) or any("\0" in source for source in self.sources):
            raise GrantError(
                "a prefix of sources must have at least one character, and must not contain U+0000"
            )
        if self.name is not None and not is_name(self.name):
            raise GrantError(
                f"the name of a key must have 1 to {NAME_CHARACTERS_MAX:,} characters in one line, not only blanks"
            )
        if self.expires is not None and self.expires <= datetime.now(UTC):
            raise GrantError("the expiry of a key must be in the future")

    @property
    def limits(self) -> tuple[str, ...]:
        """The cohorts that the key is limited to. Empty if it is not limited."""
        is_everything = self.role is Role.FACILITATOR and tuple(self.cohorts) == (EVERY_COHORT,)
        return () if is_everything else tuple(self.cohorts)


def is_name(text: str) -> bool:
    """Return whether the text may be the name of a key's holder."""
    return len(text) <= NAME_CHARACTERS_MAX and text.isprintable() and bool(folded(text))

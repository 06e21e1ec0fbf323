"""A key as its holder has it and as listings show it, and the statements that list keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from events.access.principal import Role
from service.access.grant import EVERY_COHORT

PREFIX: Final = "hcw"

_LIST: Final = """
select k.id, k.name, k.role, k.cohorts, k.organisation, k.sources, k.created_at, k.expires_at, k.revoked_at,
    k.last_used_at, k.invitation_id, k.types,
    (select g.granted_by from grants g where g.key_id = k.id and g.what = 'created' order by g.number desc limit 1)
        as granted_by
from keys k
"""
_ORDER: Final = "order by k.created_at, k.id"
LIST_ALL: Final = f"{_LIST} where $1::text is null or k.id = $1 {_ORDER}"
"""All keys, or the one with this id."""

LIST_OF: Final = f"""
{_LIST} where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    and (k.role = 'organisation' and k.organisation = any($1)
        or k.role in ('evaluator', 'guest') and $2 = any(k.cohorts))
{_ORDER}
"""
"""The valid keys of these organisations, and those of the evaluators and guests of this cohort."""

LIST_THESE: Final = f"{_LIST} where k.id = any($1) {_ORDER}"
"""The keys with these ids."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret, as listings show it; revoked keys are listed too."""

    id: str
    name: str | None
    role: Role
    cohorts: Sequence[str]
    organisation: str | None
    sources: Sequence[str]
    created: datetime
    granted_by: str
    expires: datetime | None
    revoked: datetime | None
    last_used: datetime | None
    invitation: str | None = None
    types: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """An organisation's key that ends when the organisation joins a cohort other than these."""

    organisation: str
    cohorts: frozenset[str]

    @classmethod
    def of(cls, row: asyncpg.Record) -> "Bound | None":
        """Return the cohorts that the row's key is bound to, or None if it is not bound."""
        if row["role"] != Role.ORGANISATION or not row["cohorts"]:
            return None
        return cls(row["organisation"], frozenset(row["cohorts"]))


def key_text(key_id: str, secret: str) -> str:
    """Return the key as its holder has it."""
    return f"{PREFIX}_{key_id}_{secret}"


def key_of(row: asyncpg.Record) -> Key:
    """Return the key of a listed row."""
    is_everything = row["role"] == Role.FACILITATOR and not row["cohorts"]
    return Key(
        row["id"],
        row["name"],
        Role(row["role"]),
        (EVERY_COHORT,) if is_everything else row["cohorts"],
        row["organisation"],
        row["sources"],
        row["created_at"],
        row["granted_by"],
        row["expires_at"],
        row["revoked_at"],
        row["last_used_at"],
        row["invitation_id"],
        row["types"],
    )

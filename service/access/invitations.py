"""Invitations: codes with which people get keys of their own, for members, evaluators and the guests of a workshop."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Final

import asyncpg

from events.access.policy import Role
from service.access.caller import Caller
from service.access.credential import derived_credential, hashed, new_code, typed_code
from service.access.grant import Grant
from service.access.key import key_text
from service.access.keys import ID_HEX_DIGITS, Connection, Keys
from service.errors import GrantError, KeyRefused, NoSuchInvitation, TooManyInvitations

CODE_BITS: Final = 128
FRAGMENT: Final = "#invitation="

ATTEMPT_BITS: Final = 128
AGAIN: Final = timedelta(minutes=10)
"""For so long the same attempt to redeem an invitation can be made again."""
_ATTEMPT: Final = re.compile(r"[A-Za-z0-9_-]{22}")

GUESTS_DEFAULT: Final = 40
GUESTS_MAX: Final = 500

LASTS_MAX: Final = timedelta(days=7)
"""Sheets with a workshop's code are printed some days ahead, and a course may take a week."""

OPEN_MAX: Final = 100
"""Invitations of one maker that have neither ended nor expired."""

_LISTED_MAX: Final = 1_000
_INVITED: Final = (Role.GUEST, Role.ORGANISATION, Role.EVALUATOR)

_COLUMNS: Final = """
id, role, organisation, cohort, cohorts, name, uses_max, uses, made_by, made_at, expires_at, ended_at
"""
_MAKE: Final = """
insert into invitations (id, hash, role, organisation, cohort, cohorts, name, uses_max, made_by, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
# An invitation is as good as the key that made it. Tokens have no row there.
_VALID: Final = """
hash = $1 and ended_at is null and expires_at > now() and not exists (
    select from keys maker where maker.id = made_by
        and (maker.revoked_at is not null or maker.expires_at <= now())
)
"""
_FIND: Final = f"select {_COLUMNS} from invitations where {_VALID}"
# Others who redeem it at the same time wait for the lock of the row, and then look at it again.
_HOLD: Final = f"select {_COLUMNS}, salt from invitations where {_VALID} for update"
_USE: Final = (
    "update invitations set uses = uses + 1 where id = $1 and uses < uses_max returning true"
)
_GIVEN: Final = """
select id from keys where invitation_id = $1 and secret_hash = $2 and created_at > now() - $3::interval
    and revoked_at is null and (expires_at is null or expires_at > now())
"""
_RUNNING: Final = "(ended_at is null and expires_at > now())"
_COUNT: Final = f"select count(*) from invitations where made_by = $1 and {_RUNNING}"
_ALONE: Final = "select pg_advisory_xact_lock(hashtextextended('invitations of ' || $1, 0))"
_LIST: Final = f"""
select {_COLUMNS} from invitations where cohort = $1 order by {_RUNNING} desc, made_at desc, id limit {_LISTED_MAX}
"""
_ONE: Final = f"select {_COLUMNS} from invitations where id = $1"
_END: Final = """
update invitations set ended_at = now() where id = $1 and ended_at is null returning role
"""
_NOTE: Final = """
insert into grants (key_id, what, granted_by, role, cohorts, organisation, sources, expires_at, name)
select id, $2, $3, role, cohorts, organisation, '{}', expires_at, name from invitations where id = $1
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation offers: keys with this role, this organisation and these `cohorts` (see `Grant`).

    `cohort` is the one whose facilitators see it. A guest's keys end when the offer expires. Raises GrantError.
    """

    role: Role
    cohort: str
    expires: datetime
    organisation: str | None = None
    cohorts: Sequence[str] = ()
    name: str | None = None
    uses_max: int = 1

    def __post_init__(self) -> None:
        if self.role not in _INVITED:
            raise GrantError(f"nobody is invited to the role {self.role.value}")
        if not 1 <= self.uses_max <= (GUESTS_MAX if self.role is Role.GUEST else 1):
            raise GrantError(
                f"a workshop's code is for 1 to {GUESTS_MAX} guests, any other invitation for one person"
            )
        # A minute for the way here.
        if self.expires > datetime.now(UTC) + LASTS_MAX + timedelta(minutes=1):
            raise GrantError(f"an invitation ends after {LASTS_MAX.days} days at the latest")
        self.grant("offered")

    def grant(self, invitation: str) -> Grant:
        """Return the grant of a key that comes from the invitation with this id."""
        return Grant(
            self.role,
            tuple(self.cohorts),
            self.organisation,
            expires=self.expires if self.role is Role.GUEST else None,
            name=self.name,
            invitation=invitation,
        )


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation without its code."""

    id: str
    role: Role
    organisation: str | None
    cohort: str
    cohorts: Sequence[str]
    name: str | None
    uses_max: int
    uses: int
    made_by: str
    made: datetime
    expires: datetime
    ended: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether somebody may still redeem it, as far as it says itself."""
        is_left = self.uses < self.uses_max
        return self.ended is None and is_left and self.expires > datetime.now(UTC)

    def grant(self) -> Grant:
        """Return the grant of a key that comes from it. Raises GrantError if it has expired by now."""
        return Offer(
            self.role,
            self.cohort,
            self.expires,
            self.organisation,
            self.cohorts,
            self.name,
            self.uses_max,
        ).grant(self.id)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """An invitation that was redeemed: the caller with the new key, and the only copy of the key."""

    invitation: Invitation
    caller: Caller
    key: str


class Invitations:
    """The invitations in the database. What is made and ended of them is recorded with the grants of keys."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", keys: Keys) -> None:
        self._pool = pool
        self._keys = keys

    async def make(self, offer: Offer, *, made_by: str) -> str:
        """Make an invitation and return its code, which is the only copy of it. Raises as `make_all` does."""
        [code] = await self.make_all([offer], made_by=made_by)
        return code

    async def make_all(self, offers: Sequence[Offer], *, made_by: str) -> list[str]:
        """Make all these invitations or none, and return their codes in the same order.

        Raises TooManyInvitations if so many of the same maker would be running.
        """
        codes = [new_code(CODE_BITS) for _ in offers]
        async with self._pool.acquire() as connection, connection.transaction():
            # Serialise the requests of a maker, so that the limit holds.
            await connection.execute(_ALONE, made_by)
            if await connection.fetchval(_COUNT, made_by) + len(offers) > OPEN_MAX:
                raise TooManyInvitations(OPEN_MAX)
            for offer, code in zip(offers, codes, strict=True):
                id_ = token_hex(ID_HEX_DIGITS // 2)
                await connection.execute(
                    _MAKE,
                    id_,
                    hashed(code),
                    offer.role.value,
                    offer.organisation,
                    offer.cohort,
                    list(offer.cohorts),
                    offer.name,
                    offer.uses_max,
                    made_by,
                    offer.expires,
                )
                await connection.execute(_NOTE, id_, "invited", made_by)
        return codes

    async def find(self, code: str) -> Invitation | None:
        """Return the invitation with this code, which does not redeem it.

        None if there is no such invitation, if it has ended, expired or been used up, or if the key that made it has
        ended.
        """
        found = await self._valid(typed_code(code, CODE_BITS))
        return None if found is None or found.uses >= found.uses_max else found

    async def _valid(self, typed: str | None) -> Invitation | None:
        row = None if typed is None else await self._pool.fetchrow(_FIND, hashed(typed))
        return None if row is None else _invitation(row)

    async def redeem(self, code: str, attempt: str | None = None) -> Redeemed | None:
        """Use the invitation once and make a key of its own for it; None whenever `find` would return None.

        However many redeem it at once, no more keys are made than it is for. `attempt` is a credential of
        `ATTEMPT_BITS`: whose answer was lost makes the same attempt again, and gets the same key without another use,
        for the time `AGAIN` and while the key and the invitation are valid. Any other text is no attempt.
        """
        typed = typed_code(code, CODE_BITS)
        found = await self._valid(typed)
        if typed is None or found is None:
            return None
        try:
            await self._keys.check(found.grant())
            async with self._pool.acquire() as connection, connection.transaction():
                redeemed = await self._used(connection, typed, attempt)
        except GrantError:
            # It expired, or its organisation joined a cohort of others, since it was made.
            return None
        if redeemed is None:
            return None
        invitation, key = redeemed
        try:
            return Redeemed(invitation, await self._keys.access(key), key)
        except KeyRefused:
            # It was ended in the same moment.
            return None

    async def _used(
        self, connection: Connection, code: str, attempt: str | None
    ) -> tuple[Invitation, str] | None:
        row = await connection.fetchrow(_HOLD, hashed(code))
        if row is None:
            return None
        invitation = _invitation(row)
        secret = None
        if attempt is not None and _ATTEMPT.fullmatch(attempt):
            # Nothing but its hash is stored of it, and without the salt nobody can derive it.
            secret = derived_credential(row["salt"], code, attempt)
            given = await connection.fetchval(_GIVEN, invitation.id, hashed(secret), AGAIN)
            if given is not None:
                return invitation, key_text(given, secret)
        if not await connection.fetchval(_USE, invitation.id):
            return None
        grant, by = invitation.grant(), invitation.made_by
        return invitation, await self._keys.insert(connection, grant, secret=secret, granted_by=by)

    async def of(self, cohort: str) -> list[Invitation]:
        """Return the cohort's invitations, first those that have neither ended nor expired, the newest first."""
        return [_invitation(row) for row in await self._pool.fetch(_LIST, cohort)]

    async def get(self, id_: str) -> Invitation | None:
        """Return the invitation with this id, None if there is none."""
        row = None if "\0" in id_ else await self._pool.fetchrow(_ONE, id_)
        return None if row is None else _invitation(row)

    async def end(self, id_: str, *, ended_by: str) -> None:
        """End the invitation, and revoke the keys of its guests; those of others stay.

        Raises NoSuchInvitation if there is none with this id, or it has been ended.
        """
        revoked: Sequence[str] = ()
        async with self._pool.acquire() as connection, connection.transaction():
            role = None if "\0" in id_ else await connection.fetchval(_END, id_)
            if role is None:
                raise NoSuchInvitation(id_)
            await connection.execute(_NOTE, id_, "uninvited", ended_by)
            if role == Role.GUEST:
                # Those who redeemed it before have committed their keys: this waited for the lock of the row.
                revoked = await self._keys.revoke_invited(connection, id_, granted_by=ended_by)
        self._keys.forget(revoked)


def invitation_link(address: str, code: str) -> str:
    """Return the address of an invitation on the service at `address`. Browsers send its fragment to nobody."""
    return f"{address}/sign-in{FRAGMENT}{code}"


def _invitation(row: asyncpg.Record) -> Invitation:
    return Invitation(
        row["id"],
        Role(row["role"]),
        row["organisation"],
        row["cohort"],
        row["cohorts"],
        row["name"],
        row["uses_max"],
        row["uses"],
        row["made_by"],
        row["made_at"],
        row["expires_at"],
        row["ended_at"],
    )

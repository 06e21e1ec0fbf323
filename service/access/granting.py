"""Which keys a principal may list and end, whether over HTTP or on a page."""

from collections.abc import Sequence

from events.access.policy import Role
from events.access.principal import Principal, may_grant
from service.access.key import Key
from service.access.keys import Memberships


async def manageable(memberships: Memberships, sender: Principal, keys: Sequence[Key]) -> list[Key]:
    """Return the keys that the sender may list and end."""
    organisations = {key.organisation for key in keys if key.role is Role.ORGANISATION}
    joined = await memberships({one for one in organisations if one is not None})

    def cohorts(key: Key) -> Sequence[str] | frozenset[str]:
        if key.role is Role.ORGANISATION:
            return joined.get(key.organisation or "", frozenset())
        return key.cohorts

    return [key for key in keys if may_grant(sender, key.role, key.organisation, cohorts(key))]

"""Reads the tokens that a viewer holds from the read models. `read_models` and the token cache use it.

They follow from the cohorts and pairings of the viewer's organisation, and for a facilitator from their cohorts.
"""

from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.types import BigInteger

from events.access.audience import ViewerTokens, tokens
from events.access.policy import Role
from events.access.principal import Principal
from projections.folding.tables import checkpoint
from projections.models.cohorts import Cohorts, Memberships, Pairings

_ORGANISATION: Final = bindparam("organisation", type_=Text, required=True)
_COHORTS: Final = bindparam("cohorts", type_=ARRAY(Text), required=True)


def fixed(sender: Principal) -> ViewerTokens | None:
    """Return the sender's tokens if they do not depend on recorded events, otherwise None."""
    if sender.organisation is None and not (sender.role is Role.FACILITATOR and sender.cohorts):
        return ViewerTokens(tokens(sender.role, cohorts=sender.cohorts))
    return None


def token_parameters(sender: Principal) -> dict[str, Any]:
    """Return the parameters of `STATEMENT` for a sender."""
    return {"organisation": sender.organisation, "cohorts": sorted(sender.cohorts)}


def viewer(sender: Principal, row: Any) -> ViewerTokens:
    """Return the sender's tokens from the row of `STATEMENT`."""
    return ViewerTokens(
        tokens(
            sender.role,
            of=sender.organisation,
            cohorts=sender.cohorts,
            ever=row.ever,
            peers=[(cohort, peer) for cohort, peer in row.peers],
            members=row.members,
        )
    )


def _statement() -> Select[Any]:
    own, ours = Memberships.table.alias("own"), Memberships.table.alias("ours")
    ever = select(own.c.cohort).where(own.c.organisation == _ORGANISATION)
    members = select(ours.c.organisation).where(ours.c.cohort == any_(_COHORTS))
    return select(
        select(checkpoint.c.position).scalar_subquery().label("position"),
        func.array(ever.scalar_subquery()).label("ever"),
        func.array(_peers().scalar_subquery()).label("peers"),
        func.array(members.scalar_subquery()).label("members"),
    )


def _peers() -> Select[Any]:
    """Return the organisations that are paired with this one, each with the cohort of the pairing.

    A pairing also ends when its cohort is closed or one of its organisations leaves the cohort.
    """
    pairings, cohorts = Pairings.table.alias("pairing"), Cohorts.table.alias("cohort")
    own, member = Memberships.table.alias("joined"), Memberships.table.alias("member")
    stay = func.jsonb_array_elements(member.c.stays).table_valued("value").alias("stay")
    joined = cast(stay.c.value.op("->>", return_type=Text())("joined_position"), BigInteger)
    left = cast(stay.c.value.op("->>", return_type=Text())("left_position"), BigInteger)
    has_left = exists(
        select(literal(1))
        .select_from(member.join(stay, true()))
        .where(
            member.c.cohort == pairings.c.cohort,
            member.c.organisation == any_(pairings.c.organisations),
            joined < pairings.c.position,
            left > pairings.c.position,
        )
    )
    peer = func.unnest(pairings.c.organisations)
    return (
        select(func.json_build_array(pairings.c.cohort, peer))
        .join(cohorts, cohorts.c.key == pairings.c.cohort)
        .where(
            pairings.c.cohort.in_(select(own.c.cohort).where(own.c.organisation == _ORGANISATION)),
            pairings.c.organisations.any_() == _ORGANISATION,
            pairings.c.ended_at.is_(None),
            cohorts.c.closed_at.is_(None),
            ~has_left,
        )
    )


STATEMENT: Final = _statement()
"""The statement for a viewer's tokens. It returns one row."""

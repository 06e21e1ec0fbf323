"""Reads the forms that make an invitation, and says what is wrong with them."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from events.access.policy import Role
from events.access.principal import Principal, may_grant
from service.access.grant import is_name
from service.access.invitations import GUESTS_DEFAULT, GUESTS_MAX, LASTS_MAX, Offer
from service.access.keys import Memberships

HOURS: Final = (3, 6, 12, 24, 72, 168)
"""How long a workshop's code may be good for. Hours are the same in everybody's zone."""
HOURS_DEFAULT: Final = 12

_DIGITS_MAX: Final = 6


class FormFault(Enum):
    """What is wrong with a form. The value is the id of the field."""

    ORGANISATION = "workshop-organisation"
    HOURS = "workshop-hours"
    GUESTS = "workshop-guests"
    WORKSHOP_NAME = "workshop-name"
    WHO = "invite-who"
    NAME = "invite-name"
    TOO_MANY = "invitations"


class FormError(Exception):
    """The form does not say what it has to; `fault` is what is wrong."""

    def __init__(self, fault: FormFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


EACH: Final = "*"
"""The value of the field `organisation` for a code for each of them. No key is like it."""

EVALUATOR: Final = "evaluator"
"""The value of the field `who` for an evaluator; for a member it is the organisation's key."""


def workshop(fields: Mapping[str, str], cohort: str, organisations: Collection[str]) -> list[Offer]:
    """Return what the codes of a workshop offer: one for the chosen organisation, or one for each.

    `organisations` are those that may be chosen. Raises FormError.
    """
    chosen = fields.get("organisation", "")
    if chosen != EACH and chosen not in organisations:
        raise FormError(FormFault.ORGANISATION)
    hours = _number(fields.get("hours"), HOURS_DEFAULT)
    if hours is None or hours not in HOURS:
        raise FormError(FormFault.HOURS)
    guests = _number(fields.get("guests"), GUESTS_DEFAULT)
    if guests is None or not 1 <= guests <= GUESTS_MAX:
        raise FormError(FormFault.GUESTS)
    end, name = datetime.now(UTC) + timedelta(hours=hours), _name(fields, FormFault.WORKSHOP_NAME)
    return [
        Offer(Role.GUEST, cohort, end, organisation, (cohort,), name, guests)
        for organisation in (organisations if chosen == EACH else [chosen])
    ]


def invitation(
    fields: Mapping[str, str],
    cohort: str,
    organisations: Collection[str],
    sender: Principal,
    *,
    may_invite_evaluators: bool,
) -> Offer:
    """Return what an invitation of a member or an evaluator offers. Raises FormError."""
    who = fields.get("who", "")
    name = _name(fields, FormFault.NAME)
    end = datetime.now(UTC) + LASTS_MAX
    if who == EVALUATOR and may_invite_evaluators:
        if name is None:
            raise FormError(FormFault.NAME)
        return Offer(Role.EVALUATOR, cohort, end, cohorts=(cohort,), name=name)
    if who not in organisations:
        raise FormError(FormFault.WHO)
    # As with the keys that a facilitator makes, the key ends when the organisation joins a cohort of others.
    own = tuple(sorted(sender.cohorts)) if sender.role is Role.FACILITATOR else ()
    return Offer(Role.ORGANISATION, cohort, end, who, own, name)


async def invitable(
    memberships: Memberships, sender: Principal, organisations: Collection[str]
) -> list[str]:
    """Return those of the organisations of which the sender may invite members."""
    joined = await memberships(organisations)
    return [
        key
        for key in organisations
        if may_grant(sender, Role.ORGANISATION, key, joined.get(key, frozenset()))
    ]


def _number(text: str | None, default: int) -> int | None:
    text = (text or "").strip()
    if not text:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else None


def _name(fields: Mapping[str, str], fault: FormFault) -> str | None:
    name = " ".join(fields.get("name", "").split())
    if name and not is_name(name):
        raise FormError(fault)
    return name or None

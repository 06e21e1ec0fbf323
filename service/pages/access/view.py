"""What the page of a cohort's access shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from events.access.policy import Role
from service.access.invitations import GUESTS_DEFAULT, GUESTS_MAX, Invitation, Offer
from service.access.key import Key
from service.pages.access.form import EACH, HOURS, HOURS_DEFAULT, FormFault
from service.pages.access.qr import QrCode, qr_code


@dataclass(frozen=True)
class Choice:
    """An organisation that can be chosen."""

    key: str
    name: str


@dataclass(frozen=True)
class Access:
    """Who has access to a cohort, as far as the visitor may know, and what the visitor may do about it.

    `token` is that of the session's forms, None without a session. `makers` are those who made keys and invitations,
    by the ids of their keys. `sessions` counts the browsers that are signed in with each key. `given` are the fields of
    a form that was refused for `fault`.
    """

    cohort: Mapping[str, Any]
    names: Mapping[str, str]
    hosts: Sequence[Choice]
    """The organisations for which the visitor may make the code of a workshop."""
    members: Sequence[Choice]
    """Those of which the visitor may invite members."""
    may_invite_evaluators: bool
    invitations: Sequence[Invitation]
    keys: Sequence[Key]
    evaluators: Sequence[str]
    sessions: Mapping[str, int]
    makers: Mapping[str, Key]
    token: str | None
    fault: FormFault | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    hours: Sequence[int] = HOURS
    hours_default: int = HOURS_DEFAULT
    guests_default: int = GUESTS_DEFAULT
    guests_max: int = GUESTS_MAX
    each: str = EACH

    @property
    def running(self) -> Sequence[Invitation]:
        """The invitations that can be ended: they may still be redeemed, or their guests are still here."""
        return [
            one
            for one in self.invitations
            if one.is_open or (one.ended is None and any(self.guests_of(one)))
        ]

    @property
    def past(self) -> Sequence[Invitation]:
        """The invitations that are over."""
        running = {one.id for one in self.running}
        return [one for one in self.invitations if one.id not in running]

    @property
    def holders(self) -> Sequence[Key]:
        """The keys of members and evaluators; those of guests stand with the code of their workshop."""
        return [key for key in self.keys if key.role is not Role.GUEST]

    def guests_of(self, invitation: Invitation) -> Sequence[Key]:
        """Return the keys that the guests have who came with this code."""
        return [
            key for key in self.keys if key.role is Role.GUEST and key.invitation == invitation.id
        ]


@dataclass(frozen=True)
class Sheet:
    """The only copy of a code, and what it offers. `organisation` is the name of the one that it is for."""

    offer: Offer
    organisation: str | None
    code: str
    link: str

    @property
    def qr(self) -> QrCode:
        """The QR code of the link."""
        return qr_code(self.link)


def choices(keys: Iterable[str], names: Mapping[str, str]) -> Sequence[Choice]:
    """Return the organisations as choices, by name."""
    return sorted(
        (Choice(key, names[key]) for key in keys), key=lambda one: (one.name.casefold(), one.key)
    )


def present(cohort: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the names of the organisations that are in the cohort and have not left it, by their keys."""
    return {
        one["organisation"]["key"]: one["organisation"]["name"]
        for one in cohort["memberships"]["nodes"]
        if one["organisation"] and any(stay["leftAt"] is None for stay in one["stays"])
    }


def ever(cohort: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the names of the organisations that ever were in the cohort, by their keys."""
    return {
        one["organisation"]["key"]: one["organisation"]["name"]
        for one in cohort["memberships"]["nodes"]
        if one["organisation"]
    }

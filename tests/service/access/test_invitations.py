"""Invitations: who redeems one gets a key of their own, as often as it is for, until it ends."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.access.policy import Role
from service.access import invitations
from service.access.credential import new_credential
from service.access.grant import Grant
from service.access.invitations import (
    AGAIN,
    ATTEMPT_BITS,
    CODE_BITS,
    LASTS_MAX,
    Invitations,
    Offer,
    invitation_link,
)
from service.access.keys import Keys
from service.errors import GrantError, KeyRefused, NoSuchInvitation, TooManyInvitations
from tests.events.samples import formed, joined
from tests.service.access.signing_in.test_links import id_of, run
from tests.service.app import Api


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(hours=3)


def workshop(uses: int = 2, **more: Any) -> Offer:
    """Return what the code of a workshop of the mill offers."""
    given: dict[str, Any] = {"organisation": "mill", "cohorts": ("heritage",), **more}
    return Offer(Role.GUEST, "heritage", soon(), uses_max=uses, **given)


MEMBER = Offer(Role.ORGANISATION, "heritage", soon(), "mill", ("heritage",), "The team")
EVALUATOR = Offer(Role.EVALUATOR, "heritage", soon(), cohorts=("heritage",), name="Grace")


async def made(api: Api, offer: Offer, by: str = "facilitator") -> str:
    return await api.service.invitations.make(offer, made_by=id_of(api, by))


async def only(api: Api) -> str:
    """Return the id of the only invitation."""
    [one] = await api.service.invitations.of("heritage")
    return one.id


async def test_each_who_redeems_a_code_is_somebody_of_their_own(api: Api) -> None:
    code = await made(api, workshop(name="Open evening"))
    one = await api.service.invitations.redeem(code)
    other = await api.service.invitations.redeem(code)
    assert one is not None and other is not None
    assert one.caller.viewer.id != other.caller.viewer.id
    for redeemed in (one, other):
        viewer = redeemed.caller.viewer
        assert (viewer.role, viewer.organisation) == (Role.GUEST, "mill")
        assert viewer.cohorts == {"heritage"}
        # Its key ends with the code.
        assert redeemed.caller.expires == redeemed.invitation.expires
        key = await api.service.keys.find(viewer.id)
        assert key is not None
        assert (key.name, key.invitation) == ("Open evening", redeemed.invitation.id)
        assert key.granted_by == id_of(api, "facilitator")
    assert await api.service.invitations.redeem(code) is None
    assert await api.service.invitations.find(code) is None


async def test_looking_at_an_invitation_does_not_use_it(api: Api) -> None:
    code = await made(api, MEMBER)
    for _ in range(3):
        found = await api.service.invitations.find(code)
        assert found is not None and (found.uses, found.name) == (0, "The team")


@pytest.mark.parametrize("offer", [MEMBER, EVALUATOR], ids=["member", "evaluator"])
async def test_a_member_or_evaluator_gets_a_key_that_outlasts_the_invitation(
    api: Api, offer: Offer
) -> None:
    redeemed = await api.service.invitations.redeem(await made(api, offer))
    assert redeemed is not None
    assert redeemed.caller.expires is None
    assert (await api.service.keys.access(redeemed.key)).viewer == redeemed.caller.viewer
    await api.service.invitations.end(redeemed.invitation.id, ended_by="test")
    assert (await api.service.keys.access(redeemed.key)).viewer.role is offer.role


async def test_no_more_keys_are_made_than_a_code_is_for_however_many_redeem_it_at_once(
    api: Api,
) -> None:
    async with api.pool() as one, api.pool() as two:
        processes = []
        for pool in (one, two):
            keys = Keys(pool, api.service.log.memberships, cache_seconds=0)
            processes.append(Invitations(pool, keys))
        for uses in (1, 3):
            code = await made(api, workshop(uses))
            found = await asyncio.gather(*(each.redeem(code) for each in processes * 5))
            redeemed = [one for one in found if one is not None]
            assert len(redeemed) == uses
            assert len({one.caller.viewer.id for one in redeemed}) == uses
            invitation = redeemed[0].invitation.id
            count = "select count(*) from keys where invitation_id = $1"
            assert await api.execute(count, invitation) == uses


@pytest.mark.parametrize("offer", [MEMBER, workshop(2)], ids=["member", "guest"])
async def test_the_same_attempt_gets_the_same_key_and_uses_an_invitation_once_also_at_once(
    api: Api, offer: Offer
) -> None:
    code, attempt = await made(api, offer), new_credential(ATTEMPT_BITS)
    async with api.pool() as one, api.pool() as two:
        keys = [Keys(pool, api.service.log.memberships, cache_seconds=0) for pool in (one, two)]
        processes = [Invitations(one, keys[0]), Invitations(two, keys[1])]
        found = await asyncio.gather(*(each.redeem(code, attempt) for each in processes * 5))
    redeemed = [one for one in found if one is not None]
    assert len(redeemed) == 10
    [key] = {one.key for one in redeemed}
    again = await api.service.invitations.redeem(code.upper(), attempt)
    assert again is not None and again.key == key
    assert (await api.service.keys.access(key)).viewer.role is offer.role
    assert await api.execute("select uses from invitations") == 1
    count = "select count(*) from keys where invitation_id = $1"
    assert await api.execute(count, again.invitation.id) == 1


async def test_another_attempt_is_another_use_and_none_is_worth_anything_without_the_code(
    api: Api,
) -> None:
    code, other = await made(api, MEMBER), await made(api, workshop())
    attempt = new_credential(ATTEMPT_BITS)
    redeemed = await api.service.invitations.redeem(code, attempt)
    assert redeemed is not None
    for refused in (new_credential(ATTEMPT_BITS), attempt[:-1], attempt + "a", "", None):
        assert await api.service.invitations.redeem(code, refused) is None
    assert await api.service.invitations.redeem(attempt, attempt) is None
    elsewhere = await api.service.invitations.redeem(other, attempt)
    assert elsewhere is not None
    assert elsewhere.key.split("_")[1:] != redeemed.key.split("_")[1:]
    assert elsewhere.key.split("_", 2)[2] != redeemed.key.split("_", 2)[2]


@pytest.mark.parametrize("text", ["", "a", "a" * 23, "ü" * 22, "\0" * 22], ids=range(5))
async def test_what_is_no_attempt_gets_a_key_that_is_never_given_again(api: Api, text: str) -> None:
    code = await made(api, workshop())
    one = await api.service.invitations.redeem(code, text)
    other = await api.service.invitations.redeem(code, text)
    assert one is not None and other is not None
    assert one.caller.viewer.id != other.caller.viewer.id
    assert await api.service.invitations.redeem(code, text) is None


@pytest.mark.parametrize("how", ["late", "revoked", "rotated", "ended", "maker"])
async def test_an_attempt_is_not_repeated_late_or_for_what_has_ended(api: Api, how: str) -> None:
    code, attempt = await made(api, MEMBER), new_credential(ATTEMPT_BITS)
    redeemed = await api.service.invitations.redeem(code, attempt)
    assert redeemed is not None
    key_id, keys = redeemed.caller.viewer.id, api.service.keys
    if how == "late":
        await run(
            api, "update keys set created_at = now() - $2::interval where id = $1", key_id, AGAIN
        )
    elif how == "revoked":
        await keys.revoke(key_id, granted_by="test")
    elif how == "rotated":
        await keys.rotate(key_id, granted_by="test")
    elif how == "ended":
        await api.service.invitations.end(redeemed.invitation.id, ended_by="test")
    else:
        await keys.revoke(id_of(api, "facilitator"), granted_by="test")
    assert await api.service.invitations.redeem(code, attempt) is None


async def test_the_end_of_a_code_revokes_every_key_that_is_made_of_it_at_the_same_time(
    api: Api,
) -> None:
    async with api.pool() as one, api.pool() as two:
        keys = [Keys(pool, api.service.log.memberships, cache_seconds=0) for pool in (one, two)]
        here, there = Invitations(one, keys[0]), Invitations(two, keys[1])
        for _ in range(5):
            code = await made(api, workshop(10))
            [newest, *_] = await here.of("heritage")
            *found, _ = await asyncio.gather(
                *(here.redeem(code) for _ in range(3)), there.end(newest.id, ended_by="test")
            )
            for redeemed in found:
                if redeemed is not None:
                    with pytest.raises(KeyRefused):
                        await keys[1].access(redeemed.key)
            assert await here.redeem(code) is None


async def test_ending_a_code_ends_its_guests_and_nobody_else(api: Api) -> None:
    one, other = await made(api, workshop()), await made(api, workshop())
    ours = await api.service.invitations.redeem(one)
    theirs = await api.service.invitations.redeem(other)
    assert ours is not None and theirs is not None
    await api.service.invitations.end(ours.invitation.id, ended_by="test")
    with pytest.raises(KeyRefused):
        await api.service.keys.access(ours.key)
    assert (await api.service.keys.access(theirs.key)).viewer.role is Role.GUEST
    assert await api.service.invitations.redeem(one) is None
    assert await api.service.invitations.redeem(other) is not None
    for unknown in (ours.invitation.id, "0" * 16, "", "a\0"):
        with pytest.raises(NoSuchInvitation):
            await api.service.invitations.end(unknown, ended_by="test")


@pytest.mark.parametrize("how", ["ended", "late", "maker revoked", "maker expired"])
async def test_an_invitation_ends_by_itself_and_with_the_key_that_made_it(
    api: Api, how: str
) -> None:
    code = await made(api, MEMBER)
    if how == "ended":
        await api.service.invitations.end(await only(api), ended_by="test")
    elif how == "late":
        await run(api, "update invitations set expires_at = now()")
    elif how == "maker revoked":
        await api.service.keys.revoke(id_of(api, "facilitator"), granted_by="test")
    else:
        await run(
            api, "update keys set expires_at = now() where id = $1", id_of(api, "facilitator")
        )
    assert await api.service.invitations.find(code) is None
    assert await api.service.invitations.redeem(code) is None
    assert await api.execute("select uses from invitations") == 0


async def test_a_member_s_invitation_is_void_once_the_organisation_joined_a_cohort_of_others(
    story: Api,
) -> None:
    code = await made(story, MEMBER)
    assert (await story.post(formed("next"))).status_code == 201
    assert (await story.post(joined("mill", "next"))).status_code == 201
    assert await story.service.invitations.redeem(code) is None
    assert await story.execute("select uses from invitations") == 0


@pytest.mark.parametrize("code", ["", "a", "a" * 26, "ü" * 26, "a\0", "0000-" * 6])
async def test_an_unknown_code_is_nobody_s(api: Api, code: str) -> None:
    assert await api.service.invitations.find(code) is None
    assert await api.service.invitations.redeem(code) is None


async def test_a_code_can_be_read_out_and_typed(api: Api) -> None:
    code = await made(api, MEMBER)
    for typed in (code.upper(), code.replace("-", ""), code.replace("-", " "), f" {code}\n"):
        assert await api.service.invitations.find(typed) is not None
    alike = code.replace("0", "O").replace("1", "l")
    assert await api.service.invitations.find(alike) is not None
    assert invitation_link("https://example.org", code) == (
        f"https://example.org/sign-in#invitation={code}"
    )
    assert len(code.replace("-", "")) * 5 >= CODE_BITS


async def test_neither_codes_nor_keys_are_stored(api: Api) -> None:
    code, attempt = await made(api, MEMBER), new_credential(ATTEMPT_BITS)
    redeemed = await api.service.invitations.redeem(code, attempt)
    assert redeemed is not None
    secret = redeemed.key.split("_", 2)[2]
    for table in ("invitations", "keys", "grants", "sessions"):
        rows = str(await api.execute(f"select json_agg({table}) from {table}"))
        assert not any(text in rows for text in (code, secret, attempt))


async def test_what_is_made_and_ended_of_invitations_is_recorded_with_the_grants(api: Api) -> None:
    code = await made(api, workshop())
    redeemed = await api.service.invitations.redeem(code)
    assert redeemed is not None
    await api.service.invitations.end(redeemed.invitation.id, ended_by="somebody")
    noted = (
        "select array_agg(what || ' ' || granted_by order by number) from grants where key_id = $1"
    )
    maker = id_of(api, "facilitator")
    assert await api.execute(noted, redeemed.invitation.id) == [
        f"invited {maker}",
        "uninvited somebody",
    ]
    assert await api.execute(noted, redeemed.caller.viewer.id) == [
        f"created {maker}",
        "revoked somebody",
    ]


@pytest.mark.parametrize(
    "offered",
    [
        {"role": Role.FACILITATOR, "cohorts": ("heritage",)},
        {"role": Role.ADMIN},
        {"role": Role.PUBLIC},
        {"role": Role.GUEST, "organisation": "mill"},
        {"role": Role.GUEST, "cohorts": ("heritage",)},
        {"role": Role.GUEST, "organisation": "mill", "cohorts": ("heritage", "next")},
        {"role": Role.GUEST, "organisation": "mill", "cohorts": ("*",)},
        {"role": Role.GUEST, "organisation": "mill", "cohorts": ("heritage",), "uses_max": 0},
        {"role": Role.GUEST, "organisation": "mill", "cohorts": ("heritage",), "uses_max": 501},
        {"role": Role.ORGANISATION, "organisation": "mill", "uses_max": 2},
        {"role": Role.EVALUATOR},
        {"role": Role.ORGANISATION, "organisation": "mill", "expires": LASTS_MAX * 2},
        {"role": Role.ORGANISATION, "organisation": "mill", "name": "\n"},
    ],
    ids=str,
)
def test_an_offer_that_makes_no_sense_is_refused(offered: dict[str, Any]) -> None:
    given = {"cohort": "heritage", **offered}
    end = datetime.now(UTC) + given.get("expires", timedelta(hours=1))
    with pytest.raises(GrantError):
        Offer(**{**given, "expires": end})


@pytest.mark.parametrize(
    "more",
    [{}, {"invitation": "workshop"}, {"expires": soon()}],
    ids=["neither", "endless", "uninvited"],
)
def test_a_guest_s_key_comes_from_an_invitation_and_expires(more: dict[str, Any]) -> None:
    with pytest.raises(GrantError, match="only by the code of a workshop"):
        Grant(Role.GUEST, ("heritage",), "mill", **more)


async def test_no_more_run_than_may_even_if_they_are_made_at_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "OPEN_MAX", 5)
    by = id_of(api, "facilitator")
    offers = [workshop(), workshop(), workshop()]
    made_at_once = await asyncio.gather(
        *(api.service.invitations.make_all(offers, made_by=by) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, TooManyInvitations) for one in made_at_once) == 3
    assert len(await api.service.invitations.of("heritage")) == 3

"""Codes for workshops: what they let guests do, for how long, and how they are ended."""

from typing import Any

import pytest

from events.access.principal import Role
from service.access import invitations
from service.pages.access.form import HOURS
from tests.events.samples import asked, voided
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api, complete
from tests.service.pages.access.visiting import (
    ACCESS,
    CODE,
    END,
    ends_of,
    redeemed,
    signed_in,
    workshop_code,
)
from tests.service.pages.conftest import COHORT
from tests.service.pages.live.streams import opened
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_code_is_shown_once_as_link_text_and_picture(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    answer = await visitor.post(
        ACCESS,
        token=await visitor.token(),
        form="workshop",
        organisation="mill-museum",
        hours="6",
        guests="7",
        name="Open evening",
    )
    page = PageReader(answer.text)
    assert "Open evening" in page.text and "Brackwater Mill Museum" in page.text
    assert "up to 7 people" in page.text
    found = CODE.search(page.named["link-1"])
    assert found is not None
    assert page.named["link-1"] == f"{HERE}/sign-in#invitation={found[1]}"
    assert f" {found[1]} " in page.text
    assert len(page.attributes("path", "d")) == 1
    assert not any("style" in given for _, given in page.elements)
    # It reaches no phone from here.
    assert "works only on this machine" in page.text
    assert answer.headers["cache-control"] == "no-store"
    later = await visitor.get(ACCESS)
    assert found[1] not in later.text
    assert "Open evening" in PageReader(later.text).text
    assert "Used by 0 of 7." in PageReader(later.text).text


async def test_one_key_has_only_so_many_codes_at_once(
    site: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.keys["busy"] = await site.key(Role.FACILITATOR, cohorts=(COHORT,))
    visitor = await signed_in(site, "busy")
    monkeypatch.setattr(invitations, "OPEN_MAX", 2)
    for _ in range(2):
        await workshop_code(visitor)
    fields = {"token": await visitor.token(), "form": "workshop", "organisation": "mill-museum"}
    answer = await visitor.post(ACCESS, **fields)
    assert answer.status_code == 422
    page = PageReader(answer.text)
    assert "Please end some of them first." in page.text
    assert "#invitations" in page.links and "invitations" in page.ids
    [newest, *_] = await ends_of(visitor, "invitation")
    await visitor.post(END, token=fields["token"], invitation=newest)
    await workshop_code(visitor)


async def test_a_facilitator_makes_a_code_for_each_organisation_at_once(
    site: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.keys["host"] = await site.key(Role.FACILITATOR, cohorts=(COHORT,))
    visitor = await signed_in(site, "host")
    fields = {"form": "workshop", "organisation": "*", "name": "Open evening"}
    chosen = PageReader((await visitor.get(ACCESS)).text).attributes("option", "value")
    answer = await visitor.post(ACCESS, token=await visitor.token(), **fields)
    page = PageReader(answer.text)
    assert page.faults == [] and len(page.ids) == len(set(page.ids))
    codes = CODE.findall(answer.text)
    found = [await site.service.invitations.find(code) for code in codes]
    organisations = {one.organisation for one in found if one is not None}
    assert organisations <= set(chosen) and "*" in chosen
    assert len(codes) == len(organisations) > 1
    # Either all are made or none.
    monkeypatch.setattr(invitations, "OPEN_MAX", 2 * len(codes) - 1)
    before = await ends_of(visitor, "invitation")
    refused = await visitor.post(ACCESS, token=await visitor.token(), **fields)
    assert refused.status_code == 422
    assert await ends_of(visitor, "invitation") == before
    # A member may let guests in for the own organisation only, and has no such choice.
    member = await signed_in(site, "mill-museum")
    offered = PageReader((await member.get(ACCESS)).text).attributes("option", "value")
    assert "mill-museum" in offered and "*" not in offered


@pytest.mark.parametrize("hours", HOURS)
async def test_a_code_is_good_for_as_long_as_was_chosen(site: Api, hours: int) -> None:
    await workshop_code(await signed_in(site, "facilitator"), hours=str(hours))
    lasts = "select round(extract(epoch from expires_at - made_at) / 3600) from invitations order by made_at desc"
    assert await site.execute(lasts) == hours


async def test_a_member_lets_guests_of_its_own_organisation_in_and_nobody_else(site: Api) -> None:
    facilitator = await signed_in(site, "facilitator")
    await workshop_code(facilitator, "library-trust", name="Of the library")
    await workshop_code(facilitator, "mill-museum", name="Of the mill")
    member = await signed_in(site, "mill-museum")
    page = PageReader((await member.get(ACCESS)).text)
    assert "Of the mill" in page.text
    assert "Of the library" not in page.text
    assert "an evaluator" not in page.text
    token = await member.token()
    for fields in (
        {"form": "workshop", "organisation": "library-trust"},
        {"form": "invitation", "who": "mill-museum"},
        {"form": "invitation", "who": "evaluator", "name": "A friend"},
    ):
        assert (await member.post(ACCESS, token=token, **fields)).status_code == 422
    guest = await redeemed(site, await workshop_code(member))
    assert "Brackwater Mill Museum" in (await guest.get("/")).text
    # What a facilitator made for it is the member's to end; what is of others is not even there.
    shown = set(await ends_of(member, "invitation"))
    hidden = set(await ends_of(facilitator, "invitation")) - shown
    assert shown and hidden
    assert (await member.post(END, token=token, invitation=min(hidden))).status_code == 404
    assert (await member.post(END, token=token, invitation=min(shown))).status_code == 303


async def test_ending_a_code_ends_the_live_stream_of_its_guest_at_once(site: Api) -> None:
    facilitator = await signed_in(site, "facilitator")
    guest = await redeemed(site, await workshop_code(facilitator))
    [secret] = guest.cookies.values()
    [newest, *_] = await ends_of(facilitator, "invitation")
    async with opened(site, None, secret, cohort=COHORT) as stream:
        token = await facilitator.token()
        assert (await facilitator.post(END, token=token, invitation=newest)).status_code == 303
        ended = await stream.next()
        assert ended is not None and ended["event"] == "ended"
    assert await guest.role() == "Sign in"
    # Once more it is a repetition, not an error.
    assert (await facilitator.post(END, token=token, invitation=newest)).status_code == 303


async def test_a_guest_alone_can_be_signed_out(site: Api) -> None:
    facilitator = await signed_in(site, "facilitator")
    code = await workshop_code(facilitator)
    one, other = await redeemed(site, code), await redeemed(site, code)
    [secret] = one.cookies.values()
    caller = await site.service.sessions.caller(secret)
    assert caller is not None and caller.key_id in await ends_of(facilitator, "key")
    fields = {"token": await facilitator.token(), "key": caller.key_id}
    assert (await facilitator.post(END, **fields)).status_code == 303
    assert (await one.role(), await other.role()) == ("Sign in", "Sign out")


async def test_a_guest_records_for_its_organisation_and_takes_back_only_its_own(site: Api) -> None:
    code = await workshop_code(await signed_in(site, "facilitator"), name="Recording")
    callers = []
    for _ in range(2):
        [secret] = (await redeemed(site, code)).cookies.values()
        callers.append(await site.service.sessions.caller(secret))
    one, other = callers
    assert one is not None and other is not None
    log = site.service.log

    async def record(caller: Any, event: Any) -> int:
        recorded = await log.record([log.check(complete(event))], sender=caller.viewer)
        return int(recorded.receipts[0].position)

    # The sample cohort has closed: what is recorded now happened before.
    then = {"time": "2024-05-01T12:00:00Z"}
    mine = await record(one, asked("a-ladder", "mill-museum", cohort=COHORT, **then))
    with pytest.raises(Exception, match="not record it"):
        await record(other, voided(mine))
    with pytest.raises(Exception, match="not record it"):
        await record(one, asked("a-rope", "library-trust", cohort=COHORT, **then))
    assert await record(one, voided(mine)) > mine


@pytest.mark.parametrize(
    ("language", "guests", "expected"),
    [
        ("en", "1", "The code is for 1 person."),
        ("en", "2", "The code is for up to 2 people."),
        ("de", "1", "Der Code gilt für 1 Person."),
        ("de", "2", "Der Code gilt für bis zu 2 Personen."),
    ],
)
async def test_a_sheet_says_for_how_many_it_is_in_every_language(
    site: Api, language: str, guests: str, expected: str
) -> None:
    visitor = await signed_in(site, "facilitator")
    fields = {"form": "workshop", "organisation": "mill-museum", "guests": guests}
    answer = await visitor.post(
        f"{ACCESS}?language={language}", token=await visitor.token(), **fields
    )
    assert expected in PageReader(answer.text).text

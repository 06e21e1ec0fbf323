"""The page of who has access to a cohort: who sees what of it, what they make there, and what they end."""

import pytest

from events.access.principal import Role
from tests.events.samples import formed
from tests.service.app import Api
from tests.service.pages.access.visiting import (
    ACCESS,
    CODE,
    END,
    ends_of,
    id_of,
    invitation,
    redeemed,
    signed_in,
    workshop_code,
)
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.sign_in.test_sign_in import ELSEWHERE

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("facilitator", 200),
        ("admin", 200),
        ("mill-museum", 200),
        ("mill", 404),
        ("guest", 403),
        ("evaluator", 403),
        ("analyst", 403),
    ],
)
async def test_the_page_is_for_those_who_may_let_others_in(
    site: Api, who: str, status: int
) -> None:
    visitor = await signed_in(site, who)
    assert (await visitor.get(ACCESS)).status_code == status
    for path in (ACCESS, END):
        answer = await visitor.post(path, token=await visitor.token())
        assert answer.status_code == {200: 422 if path == ACCESS else 404}.get(status, status)
    # Others are not led there either.
    overview = PageReader((await visitor.get(f"/cohorts/{COHORT}")).text)
    assert (ACCESS in overview.links) == (status == 200)


async def test_without_signing_in_there_is_nothing(site: Api) -> None:
    visitor = Visitor(site)
    assert (await visitor.get(ACCESS)).status_code == 401
    for path in (ACCESS, END):
        assert (await visitor.post(path, form="workshop")).status_code in (401, 403)


async def test_a_key_in_the_header_sees_the_page_without_forms(site: Api) -> None:
    answer = await Visitor(site).get(ACCESS, **site.headers("facilitator"))
    page = PageReader(answer.text)
    assert "please sign in" in page.text
    assert "post" not in page.attributes("form", "method")


async def test_a_facilitator_of_another_cohort_sees_and_does_nothing_there(site: Api) -> None:
    site.keys["next"] = await site.key(Role.FACILITATOR, cohorts=("next",))
    ours = await signed_in(site, "facilitator")
    await workshop_code(ours)
    [newest, *_] = await ends_of(ours, "invitation")
    theirs = await signed_in(site, "next")
    assert (await theirs.get(ACCESS)).status_code == 404
    token = await theirs.token()
    fields = {"token": token, "form": "workshop", "organisation": "mill-museum"}
    assert (await theirs.post(ACCESS, **fields)).status_code == 404
    assert (await theirs.post(END, token=token, invitation=newest)).status_code == 404
    assert newest in await ends_of(ours, "invitation")
    # Not from the page of a cohort of their own, either.
    await site.record([formed("next")])
    own = END.replace(COHORT, "next")
    assert (await theirs.get(ACCESS.replace(COHORT, "next"))).status_code == 200
    for field, value in (("invitation", newest), ("key", id_of(site.keys["mill-museum"]))):
        assert (await theirs.post(own, **{"token": token, field: value})).status_code == 404
    assert newest in await ends_of(ours, "invitation")


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"organisation": ""}, "workshop-organisation"),
        ({"organisation": "nobody"}, "workshop-organisation"),
        ({"organisation": "<script>"}, "workshop-organisation"),
        ({"hours": "5"}, "workshop-hours"),
        ({"hours": "-3"}, "workshop-hours"),
        ({"guests": "0"}, "workshop-guests"),
        ({"guests": "501"}, "workshop-guests"),
        ({"guests": "many"}, "workshop-guests"),
        ({"guests": "9" * 5_000}, "workshop-guests"),
        ({"name": "x" * 201}, "workshop-name"),
        ({"form": "invitation", "who": ""}, "invite-who"),
        ({"form": "invitation", "who": "nobody"}, "invite-who"),
        ({"form": "invitation", "who": "evaluator", "name": ""}, "invite-name"),
        ({"form": "invitation", "who": "evaluator", "name": " "}, "invite-name"),
        ({"form": "invitation", "who": "mill-museum", "name": "\u202e\0"}, "invite-name"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    site: Api, fields: dict[str, str], at: str
) -> None:
    visitor = await signed_in(site, "facilitator")
    before = await ends_of(visitor, "invitation")
    given = {"form": "workshop", "organisation": "mill-museum", "name": "Tea", **fields}
    answer = await visitor.post(ACCESS, token=await visitor.token(), **given)
    assert answer.status_code == 422
    page = PageReader(answer.text)
    assert page.faults == []
    [invalid] = [one for _, one in page.elements if one.get("aria-invalid")]
    assert (invalid["id"], invalid["aria-describedby"]) == (at, "fault")
    assert f"#{at}" in page.links
    if given["name"] == "Tea":
        assert "Tea" in page.attributes("input", "value")
    assert await ends_of(visitor, "invitation") == before


@pytest.mark.parametrize("who", ["library-trust", "evaluator"])
async def test_an_invitation_makes_a_key_that_is_shown_once_and_signs_in(
    site: Api, who: str
) -> None:
    facilitator = await signed_in(site, "facilitator")
    code = await invitation(facilitator, who, name="The Fund")
    visitor = Visitor(site)
    answer = await visitor.post("/sign-in", invitation=code, to="/cohorts")
    page = PageReader(answer.text)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    key = page.named["key"]
    assert "/cohorts" in page.links
    assert await visitor.role() == "Sign out"
    role = Role.EVALUATOR if who == "evaluator" else Role.ORGANISATION
    assert (await site.service.keys.access(key)).viewer.role is role
    again = Visitor(site)
    assert (await again.post("/sign-in", key=key)).status_code == 303
    # The facilitator sees that it was made, and ends it.
    assert id_of(key) in await ends_of(facilitator, "key")
    assert "The Fund" in PageReader((await facilitator.get(ACCESS)).text).text
    token = await facilitator.token()
    assert (await facilitator.post(END, token=token, key=id_of(key))).status_code == 303
    assert await visitor.role() == await again.role() == "Sign in"
    assert id_of(key) not in await ends_of(facilitator, "key")


@pytest.mark.parametrize("sent", ELSEWHERE)
async def test_forms_of_other_sites_make_and_end_nothing(site: Api, sent: dict[str, str]) -> None:
    visitor = await signed_in(site, "facilitator")
    await workshop_code(visitor)
    before = await ends_of(visitor, "invitation")
    token = await visitor.token()
    fields = {"form": "workshop", "organisation": "mill-museum"}
    assert (await visitor.post_from(sent, ACCESS, token=token, **fields)).status_code == 403
    ended = await visitor.post_from(sent, END, token=token, invitation=before[0])
    assert ended.status_code == 403
    assert await ends_of(visitor, "invitation") == before


async def test_forms_without_the_token_of_the_session_make_and_end_nothing(site: Api) -> None:
    visitor, other = await signed_in(site, "facilitator"), await signed_in(site, "mill-museum")
    await workshop_code(visitor)
    before = await ends_of(visitor, "invitation")
    for wrong in ({}, {"token": ""}, {"token": await other.token()}):
        fields = {"form": "workshop", "organisation": "mill-museum", **wrong}
        assert (await visitor.post(ACCESS, **fields)).status_code == 403
        answer = await visitor.post(END, invitation=before[0], **wrong)
        assert answer.status_code == 403
        assert "This form was not accepted" in PageReader(answer.text).text
    assert await ends_of(visitor, "invitation") == before


async def test_a_form_that_was_open_over_the_end_of_its_session_is_refused(site: Api) -> None:
    site.keys["ending"] = await site.key(Role.FACILITATOR, cohorts=(COHORT,))
    visitor = await signed_in(site, "ending")
    token = await visitor.token()
    await site.service.keys.revoke(id_of(site.keys["ending"]), granted_by="test")
    fields = {"form": "workshop", "organisation": "mill-museum"}
    answer = await visitor.post(ACCESS, token=token, **fields)
    assert answer.status_code == 401
    assert CODE.search(answer.text) is None


async def test_markup_in_names_is_shown_as_it_is(site: Api) -> None:
    name = "<b>&\"'</b> {{ 7 * 7 }}"
    facilitator = await signed_in(site, "facilitator")
    code = await workshop_code(facilitator, name=name)
    guest = Visitor(site)
    for answer in (
        await facilitator.get(ACCESS),
        await guest.post("/sign-in", link=code),
    ):
        page = PageReader(answer.text)
        assert name in page.text
        assert page.faults == []


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("who", ["facilitator", "admin", "mill-museum"])
async def test_the_page_is_well_formed_in_every_language(
    site: Api, who: str, language: str
) -> None:
    visitor = await signed_in(site, who)
    await redeemed(site, await workshop_code(visitor))
    answer = await visitor.get(f"{ACCESS}?language={language}")
    page = PageReader(answer.text)
    assert page.faults == []
    assert len(page.ids) == len(set(page.ids))
    assert not any("style" in given for _, given in page.elements)
    assert ("Wer Zugang hat" in page.text) == (language == "de")
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]

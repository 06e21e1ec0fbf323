"""Forms as guests of a workshop get them: for their organisation and cohort, and for the cohort to see."""

from uuid import uuid4

import pytest

from events.access.policy import Role, may_ever_record
from events.vocabulary.catalogue import VOCABULARY
from tests.service.app import Api
from tests.service.pages.access.visiting import END, ends_of, redeemed, workshop_code
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, position_in, send
from tests.service.pages.record.sent import FAILURE, SAYS, THEN
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.sign_in.test_sign_in import signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def guest(site: Api) -> Visitor:
    """Return a guest of the mill."""
    return await redeemed(site, await workshop_code(await signed_in(site, "facilitator")))


async def test_a_guest_is_offered_what_the_policy_lets_guests_record(site: Api) -> None:
    page = PageReader((await (await guest(site)).get("/record")).text)
    offered = [link.rpartition("/")[2] for link in page.links if link.startswith("/record/")]
    forms = [kind.name for kind in VOCABULARY.kinds if may_ever_record(Role.GUEST, kind)]
    assert sorted(offered) == sorted([*forms, "sheets"])
    assert "iteration.concluded" not in offered


async def test_a_form_records_in_the_organisation_s_name_for_the_cohort(site: Api) -> None:
    visitor = await guest(site)
    form = FormReader((await visitor.get(f"{FAILURE}?cohort={COHORT}")).text)
    assert form.values["organisation"] == ["mill-museum"]
    assert form.options["event.visibility"] == form.values["event.visibility"] == ["cohort"]
    sent = {**form.values, **SAYS, **THEN, "cohort": [COHORT]}
    for level in ("private", "public"):
        refused = await send(visitor, FAILURE, {**sent, "event.visibility": [level]})
        assert refused.status_code in (403, 422)
    done = await send(visitor, FAILURE, sent)
    position = position_in(done)
    event = await site.service.log.event(position)
    assert event is not None and event.content["data"]["organisation"] == "mill-museum"
    # Others of the workshop do not take it back; who recorded it does.
    other = PageReader((await (await guest(site)).get(f"/record/done/{position}")).text)
    own = PageReader((await visitor.get(f"/record/done/{position}")).text)
    assert "post" not in other.attributes("form", "method")
    assert "post" in own.attributes("form", "method")


@pytest.mark.parametrize("name", ["question.framed", "note.added", "help.given", "review.held"])
async def test_a_guest_chooses_no_level(site: Api, name: str) -> None:
    form = FormReader((await (await guest(site)).get(f"/record/{name}")).text)
    assert len(form.options.get("event.visibility", [""])) == 1


async def test_a_guest_notes_something_in_the_cohort_and_is_offered_nothing_outside(
    site: Api,
) -> None:
    visitor = await guest(site)
    shown = FormReader((await visitor.get("/record/note.added")).text)
    about = shown.options["about"]
    assert f"cohort/{COHORT}" in about
    assert not [one for one in about if one.startswith("organisation/")]
    sent = {**shown.values, **THEN, "text": ["A guest was here."]}
    for one in (f"cohort/{COHORT}", "learning/ask-at-the-object"):
        position_in(
            await send(
                visitor, "/record/note.added", {**sent, "about": [one], "event.id": [str(uuid4())]}
            )
        )
    refused = await send(
        visitor, "/record/note.added", {**sent, "about": ["organisation/mill-museum"]}
    )
    assert refused.status_code == 422


async def test_a_form_kept_open_over_the_end_of_the_code_records_nothing_and_keeps_its_words(
    site: Api,
) -> None:
    facilitator = await signed_in(site, "facilitator")
    visitor = await redeemed(site, await workshop_code(facilitator))
    form = FormReader((await visitor.get(f"{FAILURE}?cohort={COHORT}")).text).values
    sent = {**form, **SAYS, **THEN, "cohort": [COHORT]}
    recorded = position_in(await send(visitor, FAILURE, {**sent, "event.id": [str(uuid4())]}))
    done = f"/record/done/{recorded}"
    undo = FormReader((await visitor.get(done)).text, "/record/done/").values
    [newest, *_] = await ends_of(facilitator, "invitation")
    ended = await facilitator.post(END, token=await facilitator.token(), invitation=newest)
    assert ended.status_code == 303
    before = await site.head()
    refused = await send(visitor, FAILURE, sent)
    assert refused.status_code == 401
    assert "nothing was recorded" in refused.text
    assert FormReader(refused.text).values["actual"] == SAYS["actual"]
    assert (await send(visitor, done, undo)).status_code in (401, 403)
    assert await site.head() == before


async def test_a_code_lets_nobody_record_or_take_back_for_another_organisation(site: Api) -> None:
    facilitator = await signed_in(site, "facilitator")
    mill = await redeemed(site, await workshop_code(facilitator))
    library = await redeemed(site, await workshop_code(facilitator, "library-trust"))
    form = FormReader((await mill.get(f"{FAILURE}?cohort={COHORT}")).text).values
    sent = {**form, **SAYS, **THEN, "cohort": [COHORT]}
    recorded = position_in(await send(mill, FAILURE, sent))
    before = await site.head()
    theirs = {**sent, "event.id": [str(uuid4())], "token": [await library.token()]}
    assert theirs["organisation"] == ["mill-museum"]
    assert (await send(library, FAILURE, theirs)).status_code == 422
    undo = {"token": theirs["token"], "event.opened": sent["event.opened"]}
    assert (await send(library, f"/record/done/{recorded}", undo)).status_code == 404
    void = {**theirs, "event": [str(recorded)], "reason": ["Not mine."]}
    assert (await send(library, "/record/event.voided", void)).status_code in (404, 422)
    assert await site.head() == before

"""Forms in which nothing can be chosen: they say what is missing, and lead to what has to be recorded first."""

import pytest
import pytest_asyncio

from events.access.policy import Role, may_ever_record
from events.vocabulary.catalogue import VOCABULARY, EventKind
from service.pages.record.form import Widget, form_of
from service.pages.record.next_steps.missing import missing
from tests.events.samples import sample_event
from tests.service.app import Api
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import opened, send, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = {"organisation": "bell-ringers"}
OBSERVATION = "/record/observation.recorded"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def newcomer(site: Api) -> str:
    """An organisation that has recorded nothing yet; return the name of its key."""
    made = sample_event("organisation.registered", {}, name="Bell ringers", sector="museum", **OWN)
    await site.record([{**made, "time": "2024-03-01T10:00:00Z"}])
    site.keys["bell-ringers"] = await site.key(Role.ORGANISATION, organisation="bell-ringers")
    return "bell-ringers"


async def test_where_no_trial_is_under_way_a_plan_and_its_beginning_come_first(
    site: Api, newcomer: str
) -> None:
    visitor = await signed_in(site, newcomer)
    page = PageReader((await visitor.get(OBSERVATION)).text)
    assert "There is no trial under way that you could choose." in page.text
    assert "/record/iteration.planned" in page.links
    assert "/record/iteration.started" in page.links
    assert "If you know its key" not in page.text
    assert page.faults == []


async def test_what_was_not_chosen_is_named_beside_what_is_missing(
    site: Api, newcomer: str
) -> None:
    visitor = await signed_in(site, newcomer)
    form = await opened(visitor, OBSERVATION)
    assert form["iteration"] == [""]
    answer = await send(visitor, OBSERVATION, {**form, "text": ["Two people stopped."]})
    assert answer.status_code == 422
    page = PageReader(answer.text)
    assert "#f-iteration" in page.links
    assert "f-iteration" in page.ids
    assert "There is no trial under way that you could choose." in page.text
    assert page.faults == []


async def test_nothing_is_offered_first_where_only_what_others_recorded_can_be_chosen() -> None:
    form = form_of(VOCABULARY.named("outcome.substantiated"))
    [field] = [one for one in form.fields if one.name == "outcome"]
    found = missing(form, field, Role.ORGANISATION)
    assert found.sentence == "Nothing of others is there yet that you could choose."
    assert not found.first
    assert [one.name for one in missing(form, field, Role.FACILITATOR).first] == [
        "outcome.harvested"
    ]


async def test_a_facilitator_may_give_a_key_instead(site: Api, newcomer: str) -> None:
    visitor = await signed_in(site, "facilitator")
    page = (await visitor.get("/record/commitment.settled")).text
    assert ("If you know its key, you can give that." in page) == (
        "There is no commitment that you could choose." in page
    )
    own = await signed_in(site, newcomer)
    text = PageReader((await own.get("/record/commitment.settled")).text).text
    assert "There is no commitment that you could choose." in text
    assert "If you know its key" not in text


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.ORGANISATION, Role.GUEST, Role.ADMIN])
@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
async def test_no_role_is_sent_to_what_it_may_not_record(kind: EventKind, role: Role) -> None:
    form = form_of(kind)
    for field in form.fields:
        if field.widget not in (Widget.SUBJECT, Widget.SUBJECTS):
            continue
        found = missing(form, field, role)
        offers = [*found.first, *([found.then] if found.then else [])]
        assert all(may_ever_record(role, VOCABULARY.named(one.name)) for one in offers)
        assert found.takes_key == (role in (Role.FACILITATOR, Role.ADMIN))
        assert not offers or field.is_required


async def test_a_pairing_is_made_by_facilitators_alone() -> None:
    form = form_of(VOCABULARY.named("pairing.met"))
    [field] = [one for one in form.fields if one.name == "pairing"]
    assert [one.name for one in missing(form, field, Role.FACILITATOR).first] == [
        "organisations.paired"
    ]
    found = missing(form, field, Role.ORGANISATION)
    assert found.first == []
    assert found.sentence == "There is no pairing that you could choose."


async def test_a_learning_comes_from_any_of_several_kinds() -> None:
    form = form_of(VOCABULARY.named("learning.captured"))
    [field] = [one for one in form.fields if one.name == "from"]
    found = missing(form, field, Role.ORGANISATION)
    assert found.sentence == "There is nothing that you could choose."
    assert {"iteration.planned", "failure.recorded"} <= {one.name for one in found.first}

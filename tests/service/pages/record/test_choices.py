"""What can be chosen in forms: what is eligible and visible, however it is written."""

from collections.abc import Mapping, Sequence

import pytest

from events.vocabulary.catalogue import VOCABULARY, EventKind
from service.pages.record.choices import choices_query, variables
from service.pages.record.form import form_of
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, opened, position_in, send, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASK = "/record/help.asked"
MARKUP = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script> javascript:alert(3) & so on"


async def options(site: Api, who: str, path: str) -> Mapping[str, Sequence[str]]:
    """Return the values that can be chosen in each field of a form."""
    visitor = await signed_in(site, who)
    return FormReader((await visitor.get(path)).text).options


async def asked(site: Api, text: str, level: str) -> str:
    """Record a request for help of the library through its form; return its key."""
    visitor = await signed_in(site, "library-trust")
    form = {**await opened(visitor, ASK), "text": [text], "event.visibility": [level]}
    sent = {**form, "cohort": ["heritage-2024"], "event.time": ["2024-05-01T10:00"]}
    position = position_in(await send(visitor, ASK, sent))
    await caught_up(site.service)
    [recorded] = await site.service.log.events([position])
    return str(recorded.content["data"]["ask"])


async def test_only_what_is_eligible_is_listed(site: Api) -> None:
    begun = await options(site, "mill-museum", "/record/observation.recorded")
    assert "label-wall-4" in begun["iteration"]
    assert not {"tea-first"} & {*begun["iteration"]}
    planned = await options(site, "mill-museum", "/record/iteration.started")
    assert "label-wall-4" not in planned.get("iteration", [])
    reworded = await options(site, "mill-museum", "/record/question.reframed")
    assert "mill-strangers" in reworded["question"]
    assert "mill-labels" not in reworded["question"]
    plan = await options(site, "mill-museum", "/record/iteration.planned")
    assert {"mill-strangers", "keepers-shared"} <= {*plan["question"]}
    others = await options(site, "mill-museum", "/record/learning.adopted")
    assert others["learning"][1:]
    assert "ask-at-the-object" not in others["learning"]
    assert set(others["iteration"][1:]) <= {f"label-wall-{number}" for number in range(1, 6)}


async def test_what_is_hidden_is_neither_listed_nor_named(site: Api) -> None:
    hidden = await asked(site, "A private matter of the library.", "private")
    for path in ("/record/help.given", "/record/note.added", "/record/visibility.changed"):
        visitor = await signed_in(site, "mill-museum")
        page = (await visitor.get(path)).text
        assert hidden not in page
        assert "private matter" not in page
    # What somebody types without seeing it stays what was typed.
    visitor = await signed_in(site, "mill-museum")
    page = (await visitor.get(f"/record/help.given?ask={hidden}")).text
    assert "private matter" not in page
    unknown = (await visitor.get("/record/help.given?ask=there-is-none")).text
    assert FormReader(unknown).values["ask"] == ["there-is-none"]
    assert FormReader(page).values["ask"] == [hidden]
    own = await options(site, "library-trust", "/record/note.added")
    assert f"ask/{hidden}" in own["about"]


async def test_markup_in_what_can_be_chosen_is_shown_as_it_is(site: Api) -> None:
    key = await asked(site, MARKUP, "cohort")
    for who, path in (("mill-museum", "/record/help.given"), ("facilitator", "/record/note.added")):
        visitor = await signed_in(site, who)
        page = PageReader((await visitor.get(f"{path}?ask={key}&about=ask/{key}")).text)
        assert page.faults == []
        assert "onerror=alert(1)" in page.text
        assert all("onerror" not in given for _, given in page.elements)
        assert all(given.get("src") for tag, given in page.elements if tag == "script")
        assert not any(link.startswith("javascript") for link in page.links)


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
async def test_markup_in_every_field_comes_back_as_it_was_typed(site: Api, kind: object) -> None:
    name = str(getattr(kind, "name", ""))
    visitor = await signed_in(site, "facilitator")
    form = form_of(VOCABULARY.named(name))
    typed = {field.name: [MARKUP] for field in form.walked()}
    token = await visitor.token()
    answer = await send(visitor, f"/record/{name}", {**typed, "token": [token]})
    assert answer.status_code == 422, answer.text
    page = PageReader(answer.text)
    assert page.faults == []
    assert all("onerror" not in given for _, given in page.elements)
    assert all(given.get("src") for tag, given in page.elements if tag == "script")
    assert not any(link.startswith("javascript") for link in page.links)
    kept = FormReader(answer.text).values
    for field in form.walked():
        if field.widget in ("line", "lines", "each", "address", "number", "day", "event"):
            assert kept[field.name] == [MARKUP], field.name


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
async def test_what_can_be_chosen_is_answered_with_one_statement(
    site: Api, kind: EventKind
) -> None:
    documents = site.app.state.pages.schema.documents
    context = await site.context("facilitator")
    form, query = form_of(kind), choices_query(kind)
    for own in (None, "mill-museum"):
        for given in ({}, {"cohort": [COHORT]}):
            values = query.variables(variables(form, given, own))
            asked = documents.operation(documents.document(query.document), None, values)
            plan = await documents.plan(asked, context)
            assert plan is not None and plan.rest is None
            assert plan.values(asked.variables)


async def test_what_has_to_be_chosen_is_preset_if_there_is_only_one(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    met = await opened(visitor, "/record/pairing.met")
    # The museum is in one pairing only.
    assert met["pairing"] == ["mill-and-library"]
    adopted = await opened(visitor, "/record/learning.adopted")
    assert adopted["learning"] == [""]

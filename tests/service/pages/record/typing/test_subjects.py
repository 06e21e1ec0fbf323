"""What is found while somebody types, for whom, and what is not."""

import pytest

from service.pages.record.choices import FOUND_MAX
from tests.service.app import Api
from tests.service.pages.record.forms import signed_in
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADOPTED = "/record/learning.adopted/subjects?field=learning"


async def found(site: Api, who: str, path: str, **headers: str) -> dict[str, str]:
    visitor = await signed_in(site, who)
    answer = await visitor.get(path, **headers)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return {one["value"]: one["label"] for one in answer.json()}


async def test_what_the_words_are_in_is_found_with_whose_it_is(site: Api) -> None:
    own = await found(site, "canal-society", f"{ADOPTED}&words=bus")
    assert "ask-at-the-object" in own
    assert own["ask-at-the-object"].endswith(" · Brackwater Mill Museum")
    # Who learned it does not take it up.
    assert "ask-at-the-object" not in await found(site, "mill-museum", f"{ADOPTED}&words=bus")


async def test_only_what_is_eligible_and_of_the_kinds_of_the_field_is_found(site: Api) -> None:
    path = "/record/learning.captured/subjects?field=from&words=label"
    values = await found(site, "mill-museum", path)
    assert values
    assert all("/" in one for one in values)
    assert any(label.startswith("Trial: ") for label in values.values())
    path = "/record/iteration.started/subjects?field=iteration&words=label"
    assert await found(site, "mill-museum", path) == {}


async def test_what_is_hidden_is_not_found(site: Api) -> None:
    path = "/record/note.added/subjects?field=about&words=pew"
    hidden = await found(site, "city-archive", path)
    known = await found(site, "facilitator", path)
    assert set(hidden) < set(known)


async def test_few_are_found_and_none_by_one_letter(site: Api) -> None:
    path = "/record/note.added/subjects?field=about"
    many = await found(site, "facilitator", f"{path}&words=the")
    by_kind = [one.split("/")[0] for one in many]
    assert max(map(by_kind.count, by_kind)) <= FOUND_MAX
    for words in ("t", "", "%20"):
        assert await found(site, "facilitator", f"{path}&words={words}") == {}
    for words in ("%00%00", "%27%22)", "a%0Ab"):
        await found(site, "facilitator", f"{path}&words={words}")


async def test_members_are_found_in_the_cohort_that_is_named(site: Api) -> None:
    path = "/record/session.held/subjects?field=attended&words=museum"
    inside = await found(site, "facilitator", f"{path}&cohort=heritage-2024")
    assert set(inside) == {"mill-museum"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/record/nothing/subjects?field=about&words=the", 404),
        ("/record/note.added/subjects?field=text&words=the", 404),
        ("/record/note.added/subjects?words=the", 404),
        ("/record/cohort.formed/subjects?field=hosts&words=the", 404),
    ],
)
async def test_there_is_nothing_where_there_is_no_such_form_or_field(
    site: Api, path: str, status: int
) -> None:
    visitor = await signed_in(site, "mill-museum")
    assert (await visitor.get(path)).status_code == status


async def test_only_the_pages_of_a_session_ask(site: Api) -> None:
    path = f"{ADOPTED}&words=bus"
    assert (await Visitor(site).get(path)).status_code == 404
    assert (await site.get(path, "facilitator")).status_code == 404
    for who in ("evaluator", "analyst"):
        assert (await (await signed_in(site, who)).get(path)).status_code == 404


async def test_labels_are_in_the_language_of_the_page(site: Api) -> None:
    path = "/record/learning.captured/subjects?field=from&words=label&language=de"
    assert any(
        one.startswith("Versuch: ") for one in (await found(site, "mill-museum", path)).values()
    )

"""A day in an address is shown, or refused with a page that says what is expected."""

from datetime import date

import pytest

from service.pages.frame.days import UnreadableDay, day_in
from tests.service.app import Api
from tests.service.pages.cohort.visits import visit
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = f"/cohorts/{COHORT}"
TAKING_DAYS = {
    f"{BASE}/week": ("at",),
    f"{BASE}/pairings": ("at",),
    f"{BASE}/figures": ("at", "from", "to"),
    f"{BASE}/figures/funnel": ("at", "from", "to"),
    f"{BASE}/figures/funnel.csv": ("at", "from", "to"),
    f"{BASE}/figures/funnel.json": ("at", "from", "to"),
    f"{BASE}/report": ("at",),
    "/organisations/mill-museum": ("as-of", "from"),
}
"""The pages that take days, with the parameters."""


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in TAKING_DAYS.items() for name in names]
)
async def test_every_page_that_takes_a_day_refuses_what_is_none(
    site: Api, path: str, name: str
) -> None:
    assert (await site.get(f"{path}?{name}=2024-07-01")).status_code == 200
    for text, shown in (("junk", "junk"), ("2024-02-30", "2024-02-30"), ("%3Cb%3E", "<b>")):
        answer = await site.get(f"{path}?{name}={text}", accept_language="en")
        assert answer.status_code == 400
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-store"
        page = PageReader(answer.text)
        assert page.faults == []
        assert f"{name}= is followed by “{shown}”" in page.text
        assert f"{name}=2024-07-01" in page.text
        assert path in page.links
        assert "/sign-out" in page.links


async def test_the_public_reads_it_too_and_in_its_language(site: Api) -> None:
    answer = await site.get(f"{BASE}/week?at=junk", None, accept_language="de")
    assert answer.status_code == 400
    assert answer.headers["content-language"] == "de"
    assert "nicht lesbar" in answer.text


async def test_days_in_the_wrong_order_are_refused_with_their_own_sentence(site: Api) -> None:
    answer = await site.get(f"{BASE}/figures?from=2024-05-02&to=2024-05-01", accept_language="en")
    assert answer.status_code == 400
    assert "must be later than the day after from=" in PageReader(answer.text).text


async def test_a_journey_says_that_it_takes_a_position_too(site: Api) -> None:
    answer = await site.get("/organisations/mill-museum?as-of=x", accept_language="en")
    assert "or a position in the log, as in as-of=120" in PageReader(answer.text).text


@pytest.mark.parametrize(
    "text",
    ["20240701", "2024-W27-1", "2024-7-1", "\u0662\u0660\u0662\u0664-07-01", "2024-07-01T00"],
)
async def test_only_one_form_is_a_day(text: str) -> None:
    assert day_in(visit(at="2024-07-01"), "at") == date(2024, 7, 1)
    with pytest.raises(UnreadableDay):
        day_in(visit(at=text), "at")

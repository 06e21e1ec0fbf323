"""All that people write stands on the pages as it was written, and does nothing there."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from service.pages.frame.assets import asset
from service.samples import demo
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.service.app import Api, open_api
from tests.service.pages.reading import PageReader
from tests.service.pages.things.everything import things

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = (
    """<script>alert(1)</script>"><img src=x onerror=alert(2)>' onfocus='alert(3)"""
    """</textarea></title>{{ 7*191 }}{% for %}&lt;javascript:alert(4)"""
)
THEME = '<b>"onclick="x'
URL = "https://example.org/javascript:alert(5)/?q=<script>alert(6)</script>&x='onclick='"
LISTS = {"sustain", "change"}
TEXTS = {
    "action actual adaptation comment contribution criterion description facilitator how hypothesis intended measure "
    "motivation name narrative note place purpose reason sector significance social_actor statement summary text title "
    "unit why"
}
OWN_SCRIPT = asset("asked.js").address
"""The script of the page of the search. No other one is on these pages."""
KEYS = set(" ".join(TEXTS).split())


def hostile(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event of the sample cohort with something hostile in each of its texts."""
    data = {**event["data"]}
    for field, value in data.items():
        if field in LISTS:
            data[field] = [f"{one}{HOSTILE}" for one in value]
        elif field == "themes":
            data[field] = [f"{one[:40]}{THEME}" for one in value]
        elif field == "links":
            data[field] = [f"{URL}{number}" for number, _ in enumerate(value)]
        elif field == "url":
            data[field] = URL
        elif field in KEYS and isinstance(value, str) and not event["type"].endswith("left.v1"):
            # The form of a question asks for its beginning and its last character.
            data[field] = f"{value[:-1]}{HOSTILE}{value[-1]}"
    if event["type"].endswith("corrected.v1"):
        data["fields"] = {name: f"{value}{HOSTILE}" for name, value in data["fields"].items()}
    return {**event, "data": data}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def attacked(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The service with the sample cohort, in which every text is hostile."""
    async with copies[TEMPLATE].copy() as url, open_api(url, lives=True) as api:
        await api.record(hostile(orjson.loads(line)) for line in demo.lines())
        yield api


def assert_harmless(html: str, where: str) -> None:
    """Assert that nothing that was recorded is markup on the page."""
    page = PageReader(html)
    assert page.faults == [], where
    tags = {tag for tag, given in page.elements if given.get("src") != OWN_SCRIPT}
    assert not tags & {"img", "script", "b", "textarea", "iframe", "object"}, where
    for tag, given in page.elements:
        assert not [name for name in given if name.startswith("on")], (where, tag)
        for name in ("href", "action", "src"):
            assert not (given.get(name) or "").lower().startswith(("javascript:", "data:")), where
    assert "1337" not in html, where


async def test_hostile_texts_are_only_texts_on_every_page(attacked: Api) -> None:
    everything = await things(attacked)
    assert len(everything) > 90
    for path, words in everything.items():
        answer = await attacked.get(path, accept_language="en")
        assert answer.status_code == 200
        assert_harmless(answer.text, path)
        if words and not path.startswith("/pairings/"):
            assert " ".join(words.split()) in PageReader(answer.text).text, path


async def test_hostile_texts_are_only_texts_in_what_search_finds(attacked: Api) -> None:
    for words in ("alert", "script", "onerror", "mill", "javascript", HOSTILE, THEME):
        answer = await attacked.client.get(
            "/search", params={"q": words}, headers=attacked.headers("facilitator")
        )
        assert answer.status_code == 200
        assert_harmless(answer.text, words)
    answer = await attacked.get("/search?q=onerror", accept_language="en")
    assert "<mark>onerror</mark>" in answer.text
    assert "&lt;img src=x <mark>" in answer.text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//example.org/"])
async def test_an_address_that_is_not_of_the_web_is_not_recorded(
    attacked: Api, address: str
) -> None:
    [shared, *_] = [orjson.loads(line) for line in demo.lines() if b"inspiration.shared" in line]
    event = {
        **shared,
        "id": "hostile",
        "data": {**shared["data"], "inspiration": "x", "url": address},
    }
    assert (await attacked.post(event)).status_code == 422

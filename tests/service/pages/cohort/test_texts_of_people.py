"""Texts of any kind stand in the pages as people wrote them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson
import pytest
import pytest_asyncio

from service.samples import demo
from service.samples.generator import generate
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.service.app import Api, open_api
from tests.service.pages.cohort.test_pages import PATHS
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = """</q>"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}%(name)s"""
THEME = """ "><script>alert(3)</script>"""
WIDE = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
WORDS = frozenset(
    {
        "action",
        "actual",
        "adaptation",
        "conclusion",
        "description",
        "facilitator",
        "how",
        "intended",
        "motivation",
        "name",
        "narrative",
        "note",
        "purpose",
        "reason",
        "statement",
        "summary",
        "text",
        "title",
        "why",
    }
)
"""The fields whose texts people write."""
GENERATED = "c0000"


def ending_in(event: Mapping[str, Any], words: str, theme: str = "") -> dict[str, Any]:
    """Return the event with these words at the end of each text of several words, and these of each theme."""
    data = event["data"]
    changed: dict[str, Any] = {
        # A question keeps its mark at the end.
        name: f"{value.removesuffix('?')} {words}{'?' if value.endswith('?') else ''}"
        for name, value in data.items()
        if name in WORDS and isinstance(value, str) and " " in value
    }
    if "themes" in data:
        changed["themes"] = [f"{one}{theme}" for one in data["themes"]]
    return {**event, "data": {**data, **changed}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def written(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The service with the sample cohort in the words of hostile people, and a generated one with long words."""
    async with copies[TEMPLATE].copy() as url, open_api(url, lives=True) as api:
        hostile = [ending_in(orjson.loads(line), HOSTILE, THEME) for line in demo.lines()]
        generated = generate(cohorts=1, seed=3, positions=False)
        wide = [ending_in(orjson.loads(orjson.dumps(event)), WIDE) for event in generated]
        await api.record((*hostile, *wide))
        yield api


@pytest.mark.parametrize("path", PATHS)
async def test_hostile_texts_are_only_texts(written: Api, path: str) -> None:
    answer = await written.get(path)
    assert answer.status_code == 200
    page = PageReader(answer.text)
    assert page.faults == []
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert not any(name.startswith("on") for _, given in page.elements for name in given)
    assert "{{ 7 * 7 }}%(name)s" in page.text


@pytest.mark.parametrize("path", PATHS)
async def test_long_words_are_whole(written: Api, path: str) -> None:
    answer = await written.get(path.replace(COHORT, GENERATED))
    assert answer.status_code == 200
    page = PageReader(answer.text)
    assert page.faults == []
    assert len(page.ids) == len(set(page.ids))
    assert WIDE in page.text
    assert WIDE[:20] not in page.text.replace(WIDE, "").partition("What happened lately")[0]

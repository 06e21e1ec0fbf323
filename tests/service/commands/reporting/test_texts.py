"""In a report, texts of people stay texts, in their own language."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
import pytest_asyncio
from markdown_it import MarkdownIt

from events.log import EventLog
from service.commands.reporting.evidence import evidence_of
from service.pages.figures.document.content import report
from service.pages.figures.document.definition import REPORTED_TABLES, Definition
from service.pages.figures.document.form import Form, written
from service.pages.figures.fitting import REPORTED
from service.pages.frame.language import languages
from service.replay.sources.address import source_of
from tests.conftest import MASTER_KEY, TEMPLATE
from tests.databases import Copies
from tests.service.app import complete
from tests.service.commands.reporting.reported import HOSTILE, forms, hostile, made, welsh
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(copies: dict[str, Copies]) -> AsyncIterator[str]:
    """A database with a log of cohorts whose texts are awkward."""
    async with copies[TEMPLATE].copy() as url:
        async with await EventLog.open(url, master_key=MASTER_KEY) as log:
            await log.append([complete(event) for event in (*hostile(), *welsh())])
        yield url


@pytest.mark.parametrize("tag", ["en", "de"])
async def test_texts_say_their_language_where_it_is_not_that_of_the_report(
    url: str, tag: str
) -> None:
    definition = {
        "cohorts": ["welsh"],
        "sections": [
            {"title": "A", "figures": ["questionFamilies", "compareCohorts"]},
            *(
                {"title": name, "table": name}
                for name in ("questions", "iterations", "learnings", "publications")
            ),
        ],
    }
    made_ = await asyncio.to_thread(made, url, definition, tag=tag, viewer="facilitator")
    html = written(made_, Form.HTML)
    for text, language in (
        ("Treftadaeth", "cy"),  # the cohort's
        ("Sut gallwn ni agor ein drysau?", "cy"),
        ("Wie können wir mit Nachbarn beschriften?", "de"),  # the question's own
        ("Eine Wand", "de"),  # of that question
        ("Gofynnwch yn gyntaf.", "cy"),
        ("Ce que nous avons essayé", "fr"),
    ):
        found = re.findall(rf"<([^<>]*)>(?:<a[^<>]*>)?{re.escape(text)}", html)
        assert found, text
        for element in found:
            if element != "title":  # it has no language of its own
                assert (f'lang="{language}"' in element) == (language != tag), (text, element)
    # Names of organisations are in no language.
    assert not re.search(r'lang="cy"[^<>]*>Cymru', html)


async def test_texts_of_people_stay_texts(url: str) -> None:
    definition = Definition.of(
        {
            "cohorts": ["heritage"],
            "title": HOSTILE,
            "words": f"# {HOSTILE}\n\n- {HOSTILE}",
            "sections": [
                {
                    "title": HOSTILE,
                    "figures": REPORTED,
                    "words": HOSTILE,
                    "organisation": "hostile",
                },
                *({"title": name, "table": name} for name in REPORTED_TABLES),
            ],
            "figures": {"funnel": {"title": HOSTILE, "words": HOSTILE}},
        }
    )

    def both() -> list[str]:
        with closing(source_of(url)) as opened:
            found = evidence_of(opened, server="https://howcanwe.example")
            return forms(report(definition, found, languages()["de"]))

    html, text = await asyncio.to_thread(both)
    page = PageReader(html)
    assert page.faults == []
    shown = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)
    for one in (html, shown):
        assert "<script" not in one
        assert "49 %(n)s" not in one
        for tag, attributes in PageReader(one).elements:
            assert tag != "b" or one is html
            href = attributes.get("href")
            assert href is None or href.startswith(("https://howcanwe.example/", "#"))
            assert not any(name.startswith("on") for name in attributes)
        assert " ".join(HOSTILE.split()) in PageReader(one).text

"""A report is the same from every source, and has the figures that the graph gives to that viewer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from typing import Any

import pytest
import pytest_asyncio
from markdown_it import MarkdownIt

from events.access.principal import Role
from events.log import EventLog
from service.commands.reporting.evidence import evidence_of
from service.graphql.figure_documents import fragment
from service.pages.figures.document.content import NothingToReport, Report, report
from service.pages.figures.document.definition import REPORTED_TABLES, Definition
from service.pages.figures.document.evidence import Evidence
from service.pages.figures.document.form import Form, written
from service.pages.figures.document.period import Period
from service.pages.figures.fitting import FITTING
from service.pages.frame.language import languages
from service.replay.sources.address import source_of
from tests.conftest import MASTER_KEY, TEMPLATE
from tests.databases import Copies
from tests.events.samples import (
    EventJson,
    begun,
    captured,
    failed,
    framed,
    planned,
    registered,
    started,
)
from tests.projections.generated import record_generated
from tests.service.app import complete
from tests.service.graphql.client import caught_up
from tests.service.pages.reading import PageReader
from tests.service.serving import Served, serving

COHORT = "c0000"
KEYS: dict[str, tuple[Role, dict[str, Any]]] = {
    "facilitator": (Role.FACILITATOR, {}),
    "facilitator:c0000": (Role.FACILITATOR, {"cohorts": ("c0000",)}),
    "organisation:c0000-org1": (Role.ORGANISATION, {"organisation": "c0000-org1"}),
    "evaluator:c0000,c0001": (Role.EVALUATOR, {"cohorts": ("c0000", "c0001")}),
    "analyst": (Role.ANALYST, {}),
}
FIGURES = f"""
query($filter: InsightsFilter, $at: DateTime) {{
  insights(filter: $filter, at: $at) {{ partial ...Figures }}
}}
{fragment("Figures", FITTING)}
"""


pytestmark = pytest.mark.asyncio(loop_scope="module")


HOSTILE = (
    "<script>alert(1)</script>\"'>{{ 7 * 7 }} %(n)s =1+1 | [x](https://evil.example) <b> `a` \u202e"
)


def hostile() -> Sequence[EventJson]:
    """Return a cohort whose texts are taken for something else wherever they can be."""
    return [
        *begun(),
        registered("hostile", name=HOSTILE),
        framed(cohort="heritage", text=f"How can we {HOSTILE}?"),
        planned(title=HOSTILE, hypothesis=HOSTILE, action=HOSTILE),
        started(),
        failed(cohort="heritage", actual=HOSTILE),
        captured(cohort="heritage", statement=HOSTILE),
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(copies: dict[str, Copies]) -> AsyncIterator[str]:
    """A database with a generated log, in which much is voided, corrected, widened and narrowed."""
    async with copies[TEMPLATE].copy() as url:
        async with await EventLog.open(url, master_key=MASTER_KEY) as log:
            await record_generated(log, seed=5)
            await log.append([complete(event) for event in hostile()])
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(url: str) -> AsyncIterator[Served]:
    """A server over the log."""
    async with serving(url) as served:
        await caught_up(served.api.service)
        yield served


async def key_of(viewer: str, served: Served) -> str | None:
    if viewer not in KEYS:
        return None
    role, limits = KEYS[viewer]
    return await served.api.key(role, **limits)


def scope(viewer: str) -> list[str]:
    """Return the cohorts that are reported: the public sees none of them, but what is public in them."""
    return [] if viewer == "public" else [COHORT]


def evidence(url: str, viewer: str) -> Evidence:
    with closing(source_of(url)) as opened:
        return evidence_of(opened, scope(viewer), viewer=viewer)


def made(source: str, cohorts: Sequence[str], key: str | None = None, **options: Any) -> Report:
    """Return the usual report."""
    with closing(source_of(source, key)) as opened:
        found = evidence_of(opened, cohorts, **options)
        return report(Definition.of({"cohorts": cohorts}), found, languages()["en"])


def forms(report: Report) -> list[str]:
    return [written(report, form) for form in Form]


@pytest.mark.parametrize("viewer", [*KEYS, "public"])
async def test_a_server_gives_the_same_bytes_as_its_database(
    served: Served, url: str, viewer: str
) -> None:
    address = f"http://127.0.0.1:{served.port}"
    given = await asyncio.to_thread(made, address, scope(viewer), await key_of(viewer, served))
    expected = await asyncio.to_thread(made, url, scope(viewer), viewer=viewer, server=address)
    assert forms(given) == forms(expected)
    assert (given.is_partial, given.viewer) == (expected.is_partial, expected.viewer)
    assert f'href="{address}/iterations/' in forms(given)[0]


@pytest.mark.parametrize("viewer", [*KEYS, "public"])
async def test_its_figures_are_those_of_the_graph(served: Served, url: str, viewer: str) -> None:
    found = await asyncio.to_thread(evidence, url, viewer)
    at = found.last_day
    assert at is not None
    figures, is_partial = found.figures(FITTING, Period(), at)
    variables = {"filter": {"cohorts": scope(viewer)}, "at": at.isoformat()}
    answer = await served.api.client.post(
        "/graphql",
        headers=served.api.headers(await key_of(viewer, served), {}),
        json={"query": FIGURES, "variables": variables},
    )
    expected = answer.json()["data"]["insights"]
    assert expected.pop("partial") is is_partial
    assert figures == expected


@pytest.mark.parametrize("viewer", [*KEYS, "public"])
async def test_every_record_that_it_counts_is_cited(served: Served, url: str, viewer: str) -> None:
    found = await asyncio.to_thread(evidence, url, viewer)
    whole = await asyncio.to_thread(made, url, scope(viewer), viewer=viewer)
    async with await EventLog.open(url) as log:
        events = {event.position: event async for event in log.read()}
    for figure in whole.figures:
        if figure.n is not None:
            assert figure.cited == figure.n, figure.name
        for group in figure.citations:
            assert group.is_listed, figure.name
            assert len(group.records) == group.total
            for one in group.records:
                if one.position is None:
                    assert one.stream.startswith("pair/")
                elif not one.stream.startswith("event/"):
                    assert one.stream in events[one.position].streams
                    assert one.stream in found.rows


async def test_texts_of_people_stay_texts(url: str) -> None:
    definition = Definition.of(
        {
            "cohorts": ["heritage"],
            "title": HOSTILE,
            "words": f"# {HOSTILE}\n\n- {HOSTILE}",
            "sections": [
                {"title": HOSTILE, "figures": FITTING, "words": HOSTILE},
                *({"title": name, "table": name} for name in REPORTED_TABLES),
            ],
            "figures": {"funnel": {"title": HOSTILE, "words": HOSTILE}},
        }
    )

    def both() -> list[str]:
        with closing(source_of(url)) as opened:
            found = evidence_of(opened, ["heritage"], server="https://howcanwe.example")
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


async def test_a_hidden_cohort_is_as_one_that_does_not_exist(url: str) -> None:
    for cohort in ("heritage", "nowhere"):
        with pytest.raises(NothingToReport, match=f"^cohort {cohort}: this viewer sees no such"):
            await asyncio.to_thread(made, url, [cohort], viewer="public")

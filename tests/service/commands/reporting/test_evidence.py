"""A report is the same from every source, and has the figures that the graph gives to that viewer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from events.access.principal import Role
from events.log import EventLog
from service.commands.reporting.evidence import evidence_of
from service.graphql.figure_documents import fragment
from service.pages.figures.document.content import NothingToReport
from service.pages.figures.document.evidence import Evidence
from service.pages.figures.document.period import Counted, Period
from service.pages.figures.fitting import ACROSS, FITTING, OF_ORGANISATION, REPORTED
from service.replay.errors import QueryRefused
from service.replay.sources.address import source_of
from service.replay.sources.server import ServerSource
from service.replay.tables.reading import tables_of
from tests.conftest import MASTER_KEY, TEMPLATE
from tests.databases import Copies
from tests.projections.generated import record_generated
from tests.service.app import complete
from tests.service.commands.reporting.reported import forms, hostile, made, welsh
from tests.service.graphql.client import caught_up
from tests.service.serving import Served, serving

COHORT = "c0000"
ORGANISATION = "c0000-org1"
KEYS: dict[str, tuple[Role, dict[str, Any]]] = {
    "facilitator": (Role.FACILITATOR, {}),
    "facilitator:c0000": (Role.FACILITATOR, {"cohorts": ("c0000",)}),
    "organisation:c0000-org1": (Role.ORGANISATION, {"organisation": "c0000-org1"}),
    "evaluator:c0000,c0001": (Role.EVALUATOR, {"cohorts": ("c0000", "c0001")}),
    "organisation:c0001-org2": (Role.ORGANISATION, {"organisation": "c0001-org2"}),
    "analyst": (Role.ANALYST, {}),
}
VIEWERS = [*KEYS, "public"]
FIGURES = f"""
query($filter: InsightsFilter, $at: DateTime) {{
  insights(filter: $filter, at: $at) {{ partial ...Figures }}
}}
{fragment("Figures", [*FITTING, *ACROSS])}
"""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(copies: dict[str, Copies]) -> AsyncIterator[str]:
    """A database with a generated log, in which much is voided, corrected, widened and narrowed."""
    async with copies[TEMPLATE].copy() as url:
        async with await EventLog.open(url, master_key=MASTER_KEY) as log:
            await record_generated(log, seed=5)
            await log.append([complete(event) for event in (*hostile(), *welsh())])
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def file(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported file of the log."""
    path = tmp_path_factory.mktemp("exported") / "log.ndjson"
    async with await EventLog.open(url) as log:
        path.write_bytes(b"".join([event.line + b"\n" async for event in log.read()]))
    return path


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


def evidence(url: str, viewer: str | None) -> Evidence:
    with closing(source_of(url)) as opened:
        return evidence_of(opened, viewer=viewer)


def of(viewer: str) -> list[dict[str, Any]]:
    """Return what is reported to a viewer: a cohort, several of a range, and one organisation."""
    return [
        {"cohorts": scope(viewer)},
        {"cohorts_from": "2015-01-01", "to": "2024-01-01"},
        {"organisation": ORGANISATION, "cohorts": scope(viewer)},
    ]


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_a_server_and_a_file_give_the_same_bytes_as_their_database(
    served: Served, url: str, file: Path, viewer: str
) -> None:
    address = f"http://127.0.0.1:{served.port}"
    key = await key_of(viewer, served)
    for definition in of(viewer):
        given = await asyncio.to_thread(made, address, definition, key)
        expected = await asyncio.to_thread(made, url, definition, viewer=viewer, server=address)
        exported = await asyncio.to_thread(
            made, str(file), definition, viewer=viewer, server=address
        )
        for ours, theirs, others in zip(*map(forms, (given, expected, exported)), strict=True):
            assert ours.splitlines() == theirs.splitlines() == others.splitlines()
        assert (given.is_partial, given.viewer) == (expected.is_partial, expected.viewer)
        assert f'href="{address}/' in forms(given)[0]
        names = {one.name for one in given.figures}
        assert names.isdisjoint(OF_ORGANISATION) is ("organisation" not in definition)
        assert names.issuperset(ACROSS) is (len(given.cohorts) != 1)


async def test_an_admin_gets_what_every_key_sees(served: Served) -> None:
    address = f"http://127.0.0.1:{served.port}"
    key = await served.api.key(Role.ADMIN)
    given = await asyncio.to_thread(made, address, {"cohorts": [COHORT]}, key)
    assert given.running.startswith("For all who have a key")
    public = await asyncio.to_thread(evidence, address, None)
    with closing(source_of(address, key)) as opened:
        seen = await asyncio.to_thread(tables_of, opened)
    for table in ("failures", "learnings", "iterations"):
        assert len(seen[table]) == len(public.tables[table]) > 0


async def test_a_server_is_asked_few_queries(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    graphql = ServerSource.graphql

    def noted(self: ServerSource, query: str, variables: Any) -> Any:
        asked.append(query.count("{ ..."))
        return graphql(self, query, variables)

    monkeypatch.setattr(ServerSource, "graphql", noted)
    key = await key_of("facilitator", served)
    address = f"http://127.0.0.1:{served.port}"
    whole = await asyncio.to_thread(made, address, {"cohorts": [COHORT]}, key)
    assert len(asked) <= 5, "who asks, the figures, and the months"
    assert sum(asked) > 60

    def narrow(self: ServerSource, query: str, variables: Any) -> Any:
        if query.count("{ ...") > 4:
            raise QueryRefused("the query costs too much")
        return noted(self, query, variables)

    # A server may allow less: the report is the same.
    monkeypatch.setattr(ServerSource, "graphql", narrow)
    again = await asyncio.to_thread(made, address, {"cohorts": [COHORT]}, key)
    assert forms(again) == forms(whole)


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_its_figures_are_those_of_the_graph(served: Served, url: str, viewer: str) -> None:
    found = await asyncio.to_thread(evidence, url, viewer)
    at = found.last_day
    assert at is not None
    for cohorts in (scope(viewer), ["c0000", "c0001", "c0002"]):
        for organisation in (None, ORGANISATION):
            counted = Counted(tuple(cohorts), Period(), at, organisation)
            names = REPORTED if organisation else [*FITTING, *ACROSS]
            [(figures, is_partial)] = found.figures([(names, counted)])
            expected = await graph(served, viewer, counted)
            assert expected.pop("partial") is is_partial
            assert without_languages(figures) == expected


async def graph(served: Served, viewer: str, counted: Counted) -> dict[str, Any]:
    """Return the figures that the graph gives."""
    own = counted.organisation
    calls = fragment("Own", [*OF_ORGANISATION, "costOfLearning"])
    for name in (*OF_ORGANISATION, "costOfLearning"):
        calls = calls.replace(f"{name} {{", f"{name}(organisation: $own) {{")
    filter_ = {"cohorts": list(counted.cohorts), "organisations": [own] if own else []}
    variables = {"filter": filter_, "at": counted.at.isoformat()}
    answer = await served.api.client.post(
        "/graphql",
        headers=served.api.headers(await key_of(viewer, served), {}),
        json={"query": FIGURES, "variables": variables},
    )
    found: dict[str, Any] = answer.json()["data"]["insights"]
    if own:
        query = f"""query($filter: InsightsFilter, $at: DateTime, $own: String!) {{
          insights(filter: $filter, at: $at) {{ ...Own }}
        }} {calls}"""
        more = await served.api.client.post(
            "/graphql",
            headers=served.api.headers(await key_of(viewer, served), {}),
            json={"query": query, "variables": variables | {"own": own}},
        )
        found |= more.json()["data"]["insights"]
    return found


def without_languages(value: Any) -> Any:
    """Return figures without the languages of the subjects in them, which the graph has in another place."""
    if isinstance(value, list):
        return [without_languages(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: without_languages(one)
        for name, one in value.items()
        if not (name == "language" and "stream" in value)
    }


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_every_record_that_it_counts_is_cited(served: Served, url: str, viewer: str) -> None:
    found = await asyncio.to_thread(evidence, url, viewer)
    async with await EventLog.open(url) as log:
        events = {event.position: event async for event in log.read()}
    for definition in of(viewer):
        whole = await asyncio.to_thread(made, url, definition, viewer=viewer)
        for figure in whole.figures:
            if figure.n is not None:
                assert figure.cited == figure.n, figure.name
            for group in figure.citations:
                assert group.is_listed, (figure.name, group.title, definition)
                assert len(group.records) == group.total
                for one in group.records:
                    if one.position is None:
                        assert one.stream.startswith("pair/")
                    elif not one.stream.startswith("event/"):
                        assert one.stream in events[one.position].streams
                        assert one.stream in found.rows


async def test_a_hidden_cohort_is_as_one_that_does_not_exist(url: str) -> None:
    for cohort in ("heritage", "nowhere"):
        with pytest.raises(NothingToReport, match=f"^cohort {cohort}: this viewer sees no such"):
            await asyncio.to_thread(made, url, {"cohorts": [cohort]}, viewer="public")

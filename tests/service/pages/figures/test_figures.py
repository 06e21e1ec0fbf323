"""Every figure of the sample cohort, as every visitor gets it: its page, its files and the graph agree."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest

from events.vocabulary.stream import key_of, kind_of
from service.graphql.figure_documents import definition, document, units
from service.graphql.figure_tables import COLUMNS, lines
from service.pages.figures.fitting import FITTING, REPORTED, sections, titles
from service.pages.figures.report.view import FIGURES
from service.pages.frame.language import languages
from service.pages.frame.terms import meaning
from service.pages.parts.meanings import WORDS, meanings
from service.replay.formats.cell import harmless
from tests.service.app import Api
from tests.service.pages.conftest import COHORT, VISITORS
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = f"/cohorts/{COHORT}/figures"
AT = "2025-06-30T23:59:59.999999+00:00"


async def asked(site: Api, name: str, who: str | None, **filters: Any) -> Mapping[str, Any] | None:
    variables = {"filter": {"cohorts": [COHORT], **filters}, "at": AT}
    answer = await site.client.post(
        "/graphql",
        json={"query": document(name, {}), "variables": variables},
        headers=site.headers(who),
    )
    figure: Mapping[str, Any] | None = answer.json()["data"]["insights"][name]
    return figure


@pytest.mark.parametrize("who", VISITORS)
async def test_the_files_of_every_figure_have_what_the_graph_gives(
    site: Api, who: str | None
) -> None:
    for name in FITTING:
        expected = await asked(site, name, who)
        found = await site.get(f"{BASE}/{name}.json?at=2025-06-30", who)
        assert found.headers["content-type"] == "application/json"
        content = found.json()
        assert content["answer"] == expected, name
        assert content["withheld"] == (expected is None)
        assert content["definition"] == definition(name)
        assert content["units"] == units(name)
        assert (content["scope"], content["at"]) == ({"cohorts": [COHORT]}, AT)
        rows = [list(line) for line in lines(expected or {}, units(name))]
        assert [[row[column] for column in COLUMNS] for row in content["rows"]] == rows

        sheet = await site.get(f"{BASE}/{name}.csv?at=2025-06-30", who)
        assert sheet.headers["content-type"].startswith("text/csv")
        head, *body = csv.reader(io.StringIO(sheet.text, newline=""))
        assert tuple(head) == COLUMNS
        written = [["" if one is None else str(harmless(one)) for one in row] for row in rows]
        assert body == written, name
        described = f'<{BASE}/{name}.json?at=2025-06-30>; rel="describedby"'
        assert sheet.headers["link"].startswith(described)


@pytest.mark.parametrize("who", VISITORS)
async def test_the_page_of_every_figure_lists_the_records_that_it_counts(
    site: Api, who: str | None
) -> None:
    for name in FITTING:
        figure = await asked(site, name, who)
        answer = await site.get(f"{BASE}/{name}?at=2025-06-30", who, accept_language="en")
        assert answer.status_code == 200, name
        page = PageReader(answer.text)
        assert page.faults == []
        assert titles(languages()["en"])[name] in page.text
        assert definition(name) in page.text
        if figure is None:
            assert "This figure is not shown to you." in page.text
            assert "records" not in page.ids
            continue
        items = [*figure.get("items", ())]
        items += [item for row in figure.get("list", ()) if "items" in row for item in row["items"]]
        links = {link.partition("#")[0] for link in page.links}
        for item in items:
            if kind_of(item) == "pair":
                assert f"/organisations/{key_of(item).partition(',')[0]}" in links, (name, item)
            elif kind_of(item) != "event":
                assert f"/{kind_of(item)}s/{quote(key_of(item), safe='')}" in links, (name, item)
        if any(kind_of(item) == "event" for item in items):
            assert answer.text.count("<li><time") >= len(items), name


@pytest.mark.parametrize("who", ["facilitator", "mill-museum", "evaluator", "analyst", None])
async def test_figures_that_name_no_records_list_those_of_the_cohort(
    site: Api, who: str | None
) -> None:
    funnel = await asked(site, "funnel", who)
    assert funnel is not None
    page = PageReader((await site.get(f"{BASE}/funnel?at=2025-06-30", who)).text)
    for title, count in {
        "Questions": funnel["questions"],
        "Trials": funnel["planned"],
        "Failures": funnel["failures"],
        "Learnings": funnel["learnings"],
        "Publications": funnel["publications"],
    }.items():
        assert f"{title}: {count}" in page.text

    retention = await asked(site, "retention", who)
    assert retention is not None
    page = PageReader((await site.get(f"{BASE}/retention?at=2025-06-30", who)).text)
    assert f"Organisations: {retention['joined']}" in page.text

    inspirations = await asked(site, "inspirationYield", who)
    assert inspirations is not None
    shared = sum(row["shared"] for row in inspirations["list"])
    page = PageReader((await site.get(f"{BASE}/inspirationYield?at=2025-06-30", who)).text)
    assert f"Inspirations: {shared}" in page.text


async def test_a_part_of_the_time_has_no_records_where_a_figure_names_none(site: Api) -> None:
    page = PageReader((await site.get(f"{BASE}/funnel?from=2024-05-01")).text)
    assert "this figure does not name the records that it counts" in page.text


@pytest.mark.parametrize("who", VISITORS)
async def test_the_page_with_all_figures_has_each_or_says_why_not(
    site: Api, who: str | None
) -> None:
    answer = await site.get(f"{BASE}?at=2025-06-30", who, accept_language="en")
    page = PageReader(answer.text)
    for name in FITTING:
        figure = await asked(site, name, who)
        assert (name in page.ids) == (figure is not None), name
        assert f"{BASE}/{name}?at=2025-06-30" in page.links
    withheld = "because only those who see everything in the cohort" in page.text
    assert withheld == (who not in ("facilitator", "evaluator"))


async def test_the_contents_lead_to_every_figure_and_details_to_its_page(site: Api) -> None:
    page = PageReader((await site.get(BASE, accept_language="en")).text)
    for name in FITTING:
        assert f"#{name}" in page.links
        assert f"{BASE}/{name}" in page.links
    assert not page.attributes("table", "class"), "tables stand on the pages of the figures"


async def test_every_figure_says_in_plain_words_what_it_counts(site: Api) -> None:
    plain = meanings(languages()["en"])
    assert plain.keys() == set(REPORTED)
    page = PageReader((await site.get(BASE, accept_language="en")).text)
    report = await site.get(f"/cohorts/{COHORT}/report?level=private", accept_language="en")
    for name in FITTING:
        assert plain[name] in page.text, name
        assert (plain[name] in PageReader(report.text).text) == (name in FIGURES), name
        own = PageReader((await site.get(f"{BASE}/{name}", accept_language="en")).text)
        assert plain[name] in own.text, name


async def test_words_are_explained_where_they_first_stand(site: Api) -> None:
    assert WORDS.keys() <= set(REPORTED)
    for address in (BASE, f"/cohorts/{COHORT}/report", f"/cohorts/{COHORT}/failures"):
        page = PageReader((await site.get(address, accept_language="en")).text)
        explained = f"Precarious failure: {meaning('Degree', 'PRECARIOUS_FAILURE')}"
        assert page.text.count(explained) == 1, address
    page = PageReader((await site.get(f"{BASE}/perspectiveGap", accept_language="en")).text)
    assert f"Precarious failure: {meaning('Degree', 'PRECARIOUS_FAILURE')}" in page.text
    page = PageReader((await site.get(BASE, accept_language="en")).text)
    for list_, name in (("Loop", "DOUBLE"), ("FailureCause", "DEVIANCE"), ("Decision", "PIVOT")):
        assert meaning(list_, name) in page.text


async def test_organisations_stand_by_name_and_not_by_rank(site: Api) -> None:
    page = await site.get(f"{BASE}/participationShift", accept_language="en")
    rows = page.text.partition('<h2 id="table">')[2].partition("</dl>")[0]
    places = [rows.index(f"/organisations/{key}") for key in ("mill-museum", "village-theatre")]
    assert places == sorted(places)  # Brackwater Mill Museum, Cobbing Barn Theatre
    assert places[1] < rows.index("/organisations/canal-society")  # Wenn Navigation Trust


async def test_an_unknown_figure_is_not_found(site: Api) -> None:
    for address in ("nothing", "nothing.csv", "nothing.json", "compareCohorts", "partial"):
        assert (await site.get(f"{BASE}/{address}")).status_code == 404
    for address in ("", "/funnel", "/funnel.csv", "/funnel.json"):
        found = await site.get(f"/cohorts/there-is-none/figures{address}")
        assert found.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        *("at=soon", "from=2024-13-01", "to=0000-00-00", "at=2024-01-01T00:00:00%2B25:00"),
        *("from=2024-05-01&to=2024-05-01", "at=9999-12-31T23:59:59-10:00", "at=%00"),
    ],
)
async def test_a_scope_whose_days_cannot_be_read_is_refused(site: Api, query: str) -> None:
    for address in ("", "/funnel", "/funnel.csv", "/funnel.json"):
        assert (await site.get(f"{BASE}{address}?{query}")).status_code == 400


async def test_the_scope_in_the_address_narrows_the_figures(site: Api) -> None:
    expected = await asked(
        site, "failureMix", "facilitator", organisations=["mill-museum", "library-trust"]
    )
    found = await site.get(
        f"{BASE}/failureMix.json?at=2025-06-30&organisations=mill-museum,library-trust"
    )
    assert found.json()["answer"] == expected
    early = await site.get(f"{BASE}/failureMix.json?from=2024-04-01&to=2024-06-01")
    assert [item["value"] for item in early.json()["rows"] if item["field"] == "n"] == [3]
    page = PageReader((await site.get(f"{BASE}/failureMix?from=2024-04-01&to=2024-06-01")).text)
    assert "Only what began from 1 Apr 2024 on." in page.text
    assert f"{BASE}/failureMix.csv?from=2024-04-01&to=2024-06-01" in page.links


async def test_no_spreadsheet_takes_a_text_for_a_formula() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"):
        assert harmless(text) == f"'{text}"
    assert harmless("1 = 1") == "1 = 1"
    assert [harmless(value) for value in (-1, -0.5, None)] == [-1, -0.5, None]


async def test_the_variables_of_a_page_are_those_of_its_figure(site: Api) -> None:
    page = PageReader((await site.get(f"{BASE}/funnel")).text)
    assert json.loads(page.named["variables"])["filter"] == {"cohorts": [COHORT]}
    assert "/queries/figures-figure-funnel.graphql" in page.links


async def test_every_fitting_figure_is_in_one_section_and_has_a_title() -> None:
    for language in languages().values():
        listed = [name for section in sections(language) for name in section.figures]
        assert sorted(listed) == sorted(FITTING)
        assert titles(language).keys() == set(REPORTED)

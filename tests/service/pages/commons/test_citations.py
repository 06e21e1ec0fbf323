"""Citations: by whom, of what, when and where, in three forms; texts of people are only texts in them."""

import re

import orjson
import pytest

from service.pages.commons.citations import bibtex, csl, line
from service.pages.commons.works import Work, work
from service.pages.frame.site import Site
from tests.service.app import Api
from tests.service.pages.commons.conftest import ADDRESS, COHORT

pytestmark = pytest.mark.asyncio(loop_scope="module")

SITE = Site(ADDRESS)
LEARNING = Work(
    "learning",
    "ask-first",
    "Ask first",
    by=["The Mill"],
    time="2024-03-05T23:30:00Z",
    cohort="Heritage",
)


async def test_a_learning_is_cited_by_its_organisation(commons: Api) -> None:
    answer = await commons.get("/learnings/ask-at-the-object/cite.json", None)
    assert answer.headers["content-type"].startswith("application/vnd.citationstyles.csl+json")
    [item] = answer.json()
    assert item == {
        "id": "learning/ask-at-the-object",
        "type": "webpage",
        "title": "Ask people while the thing is in front of them. At the exit they are thinking about the bus.",
        "author": [{"literal": "Brackwater Mill Museum"}],
        "issued": {"date-parts": [[2024, 3, 12]]},
        "container-title": "The Valley's Keepers",
        "genre": "Learning",
        "publisher": "howcanwe",
        "URL": f"{ADDRESS}/learnings/ask-at-the-object",
    }
    bib = await commons.get("/learnings/ask-at-the-object/cite.bib", None)
    assert bib.headers["content-type"] == "application/x-bibtex; charset=utf-8"
    assert bib.text.startswith("@misc{learning-ask-at-the-object,\n")
    assert "  author = {{Brackwater Mill Museum}},\n" in bib.text
    assert "  year = {2024},\n  month = mar,\n" in bib.text


async def test_a_cohort_is_by_its_organisations_and_began_on_its_first_day(commons: Api) -> None:
    [item] = (await commons.get(f"/cohorts/{COHORT}/cite.json", None)).json()
    assert {"literal": "Brackwater Mill Museum"} in item["author"]
    assert len(item["author"]) == 5
    assert item["issued"] == {"date-parts": [[2024, 1, 11]]}
    assert item["type"] == "dataset"


async def test_what_no_organisation_owns_is_by_its_cohort(commons: Api) -> None:
    for path in ("/questions/keepers-shared", "/publications/keepers-report"):
        [item] = (await commons.get(f"{path}/cite.json", None)).json()
        assert item["author"] == [{"literal": "The Valley's Keepers"}]
        assert item["type"] == ("report" if "publications" in path else "webpage")


async def test_only_what_can_be_cited_has_a_citation(commons: Api) -> None:
    assert (await commons.get("/failures/mill-coats-on/cite.json", None)).status_code == 404


async def test_a_date_is_cited_as_exactly_as_it_is_known() -> None:
    for precision, parts in (("YEAR", [2024]), ("MONTH", [2024, 3]), ("DAY", [2024, 3, 5])):
        subject = {
            "key": "a",
            "statement": "A",
            "time": "2024-03-06T01:00:00+02:00",
            "timePrecision": precision,
        }
        [item] = orjson.loads(csl(work("learning", subject), SITE))
        assert item["issued"] == {"date-parts": [parts]}
        entry = bibtex(work("learning", subject), SITE).decode()
        assert ("month" in entry) == (len(parts) > 1)


async def test_a_line_cites_it_for_people() -> None:
    assert line(LEARNING, SITE) == (
        f"The Mill (2024): Ask first. In: Heritage. {ADDRESS}/learnings/ask-first"
    )
    unknown = Work("question", "why", "How can we?")
    assert line(unknown, SITE) == f"howcanwe: How can we? {ADDRESS}/questions/why"


async def test_texts_of_people_are_only_texts_in_bibtex() -> None:
    hostile = Work(
        "learning", "a~b", r"} \input{/etc/passwd} % $x$ #1 a_b^c ~&", by=["A} and {B"], cohort="\\"
    )
    entry = bibtex(hostile, SITE).decode()
    assert r"\}" in entry and r"\textbackslash{}input\{" in entry and r"\%" in entry
    plain = re.sub(r"\\[{}%$&#_]", "", entry)
    assert plain.count("{") == plain.count("}")
    assert entry.startswith("@misc{learning-a-b,\n")
    assert not re.search(r"(?<!\\)[$#%&]", entry)
    # Every line but the first and the last is a field that ends.
    assert all(one.endswith("},") for one in entry.splitlines()[1:-1])

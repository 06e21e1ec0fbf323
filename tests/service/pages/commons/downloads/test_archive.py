"""The download of a cohort: valid tables that their dictionary describes, without what is not public."""

import csv
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import orjson
import pytest

from service.pages.commons.downloads import archive
from service.pages.commons.downloads.dictionary import dictionary
from service.pages.commons.downloads.tables import ROWS_MAX, tables
from service.pages.frame.site import Licence, Site
from tests.service.app import Api, problem
from tests.service.pages.commons.conftest import ADDRESS, COHORT, unpacked

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


async def test_the_dictionary_describes_each_table_with_its_columns(commons: Api) -> None:
    files = await unpacked(commons)
    package = orjson.loads(files["datapackage.json"])
    assert package["name"] == COHORT
    assert package["title"] == "The Valley's Keepers"
    assert package["licenses"] == [
        {"name": "CC-BY-4.0", "path": "https://spdx.org/licenses/CC-BY-4.0.html"}
    ]
    paths = [one["path"] for one in package["resources"]]
    assert set(files) == {"README.txt", "datapackage.json", *paths}
    for resource in package["resources"]:
        fields = resource["schema"]["fields"]
        header = next(csv.reader(StringIO(files[resource["path"]])))
        assert header == [field["name"] for field in fields]
        assert resource["description"]
        assert all(field["description"] for field in fields)
        assert set(resource["schema"].get("primaryKey", ())) <= set(header)


CASTS: dict[str, Any] = {
    "integer": int,
    "number": float,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "array": lambda text: orjson.loads(text)[0:],
    "object": lambda text: orjson.loads(text).keys(),
    "string": str,
    "datetime": str,
    "date": str,
}


async def test_each_cell_has_the_type_that_the_dictionary_says(commons: Api) -> None:
    files = await unpacked(commons)
    for resource in orjson.loads(files["datapackage.json"])["resources"]:
        found = rows(files[resource["path"]])
        for field in resource["schema"]["fields"]:
            values = [row[field["name"]] for row in found if row[field["name"]]]
            for value in values:
                CASTS[field["type"]](value)
            terms = field.get("constraints", {}).get("enum")
            assert terms is None or set(values) <= set(terms), field
            categories = [one["value"] for one in field.get("categories", ())]
            assert categories == (terms or [])
        names = [row[key] for row in found for key in resource["schema"].get("primaryKey", ())]
        assert len(names) == len(set(names))


async def test_the_rows_are_what_the_public_sees(commons: Api) -> None:
    files = await unpacked(commons)
    answer = await commons.client.post(
        "/graphql",
        json={
            "query": """{ cohort(key: "heritage-2024") {
                failures { nodes { key why degree forWhom iteration { key } } }
                adoptions { totalCount } organisations { totalCount } } }"""
        },
    )
    seen = answer.json()["data"]["cohort"]
    found = rows(files["failures.csv"])
    assert [
        (one["key"], one["why"], one["degree"], orjson.loads(one["for_whom"]), one["iteration"])
        for one in found
    ] == [
        (
            one["key"],
            one["why"],
            one["degree"].lower(),
            [party.lower() for party in one["forWhom"]],
            (one["iteration"] or {"key": ""})["key"],
        )
        for one in seen["failures"]["nodes"]
    ]
    for name in ("adoptions", "organisations"):
        assert len(rows(files[f"{name}.csv"])) == seen[name]["totalCount"]


async def test_no_column_is_about_persons_or_about_who_recorded(commons: Api) -> None:
    names = {
        column.name
        for one in tables(commons.app.state.pages.schema.graph)
        for column in one.columns
    }
    assert not names & {
        "actor",
        "source",
        "facilitator",
        "evaluators",
        "person",
        "persons",
        "name_",
    }
    assert {"statement", "why", "cost", "stays", "citations"} <= names


async def test_the_readme_names_position_address_licence_and_rows(commons: Api) -> None:
    files = await unpacked(commons)
    text = files["README.txt"]
    assert f"up to position {await commons.head()} of its log" in text
    assert orjson.loads(files["datapackage.json"])["position"] == await commons.head()
    assert f"{ADDRESS}/cohorts/{COHORT}\n" in text
    assert "Licence: CC-BY-4.0 https://spdx.org/licenses/CC-BY-4.0.html" in text
    assert f"failures.csv: {len(rows(files['failures.csv']))}\n" in text
    [lines] = [line for line in text.splitlines() if "/events?" in line]
    answer = await commons.get(lines.removeprefix(ADDRESS), None)
    assert answer.status_code == 200 and answer.text


async def test_the_same_position_makes_the_same_bytes(commons: Api) -> None:
    path = f"/cohorts/{COHORT}/data.zip"
    first, second = await commons.get(path, None), await commons.get(path, "facilitator")
    assert first.content == second.content
    assert first.headers["content-type"] == "application/zip"
    assert first.headers["content-disposition"] == f'attachment; filename="{COHORT}.zip"'


@pytest.mark.parametrize("text", FORMULAS)
async def test_a_text_is_never_a_formula(text: str) -> None:
    assert archive.cell(text) == f"'{text}"


async def test_numbers_lists_and_plain_texts_stay_as_they_are() -> None:
    for value, expected in (
        (-1.5, "-1.5"),
        (3, "3"),
        (True, "true"),
        (None, ""),
        (["=1", "b"], '["=1","b"]'),
        ("How can we?", "How can we?"),
        ("1+1=2", "1+1=2"),
    ):
        assert archive.cell(value) == expected


async def test_hostile_texts_stay_in_their_cells(commons: Api) -> None:
    [table] = [one for one in tables(commons.app.state.pages.schema.graph) if one.name == "asks"]
    row: dict[str, Any] = {column.field: None for column in table.columns}
    row |= {"key": "a", "text": 'x",=1\r\n"y",\u2028=2', "themes": ["=1"], "cohort": None}
    [found] = rows(archive.table(table.columns, [row]).decode())
    assert found["text"] == row["text"]
    assert found["themes"] == '["=1"]'
    assert found["cohort"] == ""


async def test_a_table_that_is_too_long_is_refused_and_not_cut(
    commons: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = tables(commons.app.state.pages.schema.graph)
    page = {"pageInfo": {"hasNextPage": True}, "nodes": []}
    answer = {
        "liveCursor": 1,
        "cohort": {"key": "a", "title": "A", **{str(one.field): page for one in of if one.field}},
    }
    with pytest.raises(archive.TooLarge):
        archive.archive(answer, Site(ADDRESS), of)

    def too_large(*_: object) -> bytes:
        raise archive.TooLarge

    monkeypatch.setattr(archive, "archive", too_large)
    problem(await commons.get(f"/cohorts/{COHORT}/data.zip", None), 507)
    assert ROWS_MAX * len(of) < 50_000


async def test_without_a_licence_none_is_stated() -> None:
    assert "licenses" not in dictionary("a", "A", ADDRESS, None, 1, ())
    terms = Licence.of("https://example.org/terms")
    assert dictionary("A~b", "A", ADDRESS, terms, 1, ())["licenses"] == [
        {"path": "https://example.org/terms"}
    ]
    assert dictionary("A~b", "A", ADDRESS, None, 1, ())["name"] == "a-b"


async def test_the_times_of_the_entries_are_fixed(commons: Api) -> None:
    content = (await commons.get(f"/cohorts/{COHORT}/data.zip", None)).content
    with ZipFile(BytesIO(content)) as file:
        assert {one.date_time for one in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}

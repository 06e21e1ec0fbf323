"""A file without ids is offered with them; uploaded again, it shows what was changed."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import openpyxl
import pytest

from events.vocabulary.types.cohorts import NoteAdded
from service.pages.sheets.trials import TRIAL
from tests.service.app import Api
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import signed_in
from tests.service.pages.sheets.upload.uploads import MILL, SHEETS, confirm, sealed_in, text, upload
from tests.service.pages.sheets.workbooks import written
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN_TITLES = ["time", "about", "text"]
"""The first row of a sheet that somebody made without a column for ids."""


@pytest.mark.parametrize("is_workbook", [True, False], ids=["workbook", "csv"])
async def test_a_file_without_ids_is_offered_with_them_and_tells_what_was_changed(
    site: Api, is_workbook: bool
) -> None:
    visitor = await signed_in(site, "facilitator")
    nobody = f"organisation/nobody-{is_workbook}".lower()
    rows = [["2024-05-01", MILL, f"Own row {number} {is_workbook}."] for number in range(4)]
    rows[2][1] = nobody
    content = as_file([OWN_TITLES, *rows], is_workbook)
    type_ = "" if is_workbook else NoteAdded.name
    shown = await upload(visitor, content, type=type_)
    assert "/completed" not in shown.text
    done = await confirm(visitor, shown)
    given = await completed(visitor, done)
    assert given.headers["content-disposition"].endswith("''Gr%C3%BC%C3%9Fe.xlsx")
    [titles, *found] = rows_of(given.content, is_workbook)
    assert titles == [*OWN_TITLES, "id"]
    assert [bool(row[3]) for row in found] == [True, True, False, True]
    found[1][2] = f"Changed {is_workbook}."
    head = await site.head()
    again = await upload(visitor, as_file([titles, *found], is_workbook), type=type_)
    words = text(again)
    assert "<strong>1</strong> Changed since it was recorded" in words
    assert "<strong>2</strong> Recorded before" in words
    assert "<strong>0</strong> New" in words
    assert sealed_in(again) == {}
    assert await site.head() == head


def as_file(rows: Sequence[Sequence[Any]], is_workbook: bool) -> bytes:
    """Return rows of notes as a file."""
    if is_workbook:
        return written({"A note": rows})
    return "".join(";".join(one or "" for one in row) + "\n" for row in rows).encode()


def rows_of(content: bytes, is_workbook: bool) -> list[list[Any]]:
    """Return the rows of a file of notes."""
    if is_workbook:
        return [list(row) for row in openpyxl.load_workbook(BytesIO(content)).active.values]
    rows = [line.split(";") for line in content.decode().splitlines()]
    return [[*row, *[None] * (len(rows[0]) - len(row))] for row in rows]


async def completed(visitor: Visitor, shown: httpx.Response) -> httpx.Response:
    """Return the file that a page offers."""
    [address] = [link for link in PageReader(shown.text).links if "/completed" in link]
    answer = await visitor.get(address)
    assert answer.status_code == 200
    return answer


async def test_a_trial_that_was_changed_is_told_apart_from_what_it_created(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    titles = ["time", "cohort", "question", "title", "hypothesis", "tried"]
    titles += ["learned", "loop", "evidence_level"]
    row = ["2024-05-01", "heritage-2024", "keepers-shared", "Two lamps", "They stay.", "Two lamps."]
    row += ["One is enough.", "single", "1"]
    sheet = TRIAL.title
    done = await confirm(visitor, await upload(visitor, written({sheet: [titles, row]})))
    given = await completed(visitor, done)
    made = openpyxl.load_workbook(BytesIO(given.content))
    assert [cell.value for cell in made[sheet][1]][9:] == ["id", "iteration", "learning"]
    made[sheet]["D2"].value = "Three lamps"
    content = BytesIO()
    made.save(content)
    words = text(await upload(visitor, content.getvalue()))
    assert "<strong>1</strong> Changed since it was recorded" in words
    assert "<strong>2</strong> Recorded before" in words


async def test_a_file_that_is_recorded_already_is_offered_with_its_ids_at_once(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    content = written({"A note": [OWN_TITLES, ["2024-05-01", MILL, "Twice."]]})
    first = await confirm(visitor, await upload(visitor, content))
    address = next(link for link in PageReader(first.text).links if "/completed" in link)
    shown = await upload(visitor, content)
    assert "Everything in this file is recorded already." in text(shown)
    with_ids = (await completed(visitor, shown)).content
    # It is another upload, so that the page of the first does not offer the file of the second.
    assert (await visitor.get(address)).status_code == 404
    shown = await upload(visitor, with_ids)
    assert "Everything in this file is recorded already." in text(shown)
    assert "/completed" not in shown.text


@pytest.mark.parametrize("id_", ["", "?upload=", "?upload=a", f"?upload={UUID(int=9)}"])
async def test_nobody_has_a_file_that_was_not_uploaded(site: Api, id_: str) -> None:
    visitor = await signed_in(site, "facilitator")
    assert (await visitor.get(f"{SHEETS}/completed{id_}")).status_code == 404
    answer = await Visitor(site).get(f"{SHEETS}/completed{id_}")
    assert answer.status_code == 303

"""Who uploads: a key or a session decides what is offered, what may be recorded and what is shown of it."""

from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest

from service.pages.sheets.trials import TRIAL
from tests.service.app import Api
from tests.service.pages.access.visiting import redeemed, workshop_code
from tests.service.pages.record.forms import signed_in
from tests.service.pages.sheets.upload.uploads import (
    SHEETS,
    confirm,
    note,
    notes,
    sealed_in,
    text,
    upload,
)
from tests.service.pages.sheets.workbooks import NOTES, written
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_organisation_records_its_own_alone(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    names = [*NOTES, "organisation"]
    rows = [
        [*note("Ours."), "mill-museum"],
        [*note("Theirs.", "organisation/library-trust"), "library-trust"],
    ]
    shown = await upload(visitor, written({"A note": [names, *rows]}))
    assert "Your key does not allow you to record this" in text(shown)
    assert "Theirs." not in text(await confirm(visitor, shown))


async def test_an_organisation_need_not_name_itself(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    names = ["time", "cohort", "text"]
    row = ["2024-05-01", "heritage-2024", "Who lends us a loom?"]
    shown = await upload(
        visitor,
        written({"A request for help": [names, row], "A note": [NOTES, note("Ours, too.")]}),
    )
    assert "<strong>2</strong> New" in text(shown)
    answer = await visitor.get(f"{SHEETS}/template.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content))[TRIAL.title]
    titles = {cell.value: sheet.cell(2, cell.column).value for cell in sheet[1]}
    assert titles["Organisation"].endswith("If you leave it empty, it is your own.")
    await confirm(visitor, shown)


async def test_a_guest_of_a_workshop_uploads_for_their_organisation(site: Api) -> None:
    host = await signed_in(site, "facilitator")
    visitor = await redeemed(site, await workshop_code(host))
    assert f'href="{SHEETS}"' in (await visitor.get("/record")).text
    names = ["id", "time", "organisation", "cohort", "text"]
    row = [str(uuid4()), "2024-05-01", "mill-museum", "heritage-2024", "From a guest."]
    shown = await upload(visitor, written({"A request for help": [names, row]}))
    assert "<strong>1</strong> New" in text(shown)
    assert "From a guest." in text(await confirm(visitor, shown))


@pytest.mark.parametrize("who", ["evaluator", "analyst"])
async def test_who_records_nothing_has_no_sheets(site: Api, who: str) -> None:
    visitor = await signed_in(site, who)
    for path in ("", "/template.xlsx", "/recorded?first=1&last=9"):
        assert (await visitor.get(SHEETS + path)).status_code == 404
    assert (await upload(visitor, notes(note("None.")))).status_code == 404
    assert SHEETS not in (await visitor.get("/record")).text


async def test_who_is_not_signed_in_signs_in_first(site: Api) -> None:
    answer = await Visitor(site).get(SHEETS)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    visitor = await signed_in(site, "facilitator")
    assert f'href="{SHEETS}"' in (await visitor.get("/record")).text


async def test_what_others_keep_private_is_not_shown_as_recorded(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    row = [*note("Ours alone."), "mill-museum", "private"]
    sheet = [[*NOTES, "organisation", "visibility"], row]
    shown = await upload(visitor, written({"A note": sheet}))
    answer = await visitor.post(f"{SHEETS}/recorded", **sealed_in(shown))
    address = answer.headers["location"]
    assert "Ours alone." in (await visitor.get(address)).text
    other = await signed_in(site, "library-trust")
    assert (await other.get(address)).status_code == 404


@pytest.mark.parametrize(
    ("who", "path", "begins"),
    [
        ("facilitator", "", True),
        ("facilitator", "?cohort=heritage-2024", False),
        ("mill-museum", "", False),
    ],
    ids=["facilitator", "of a cohort", "organisation"],
)
async def test_a_workbook_begins_a_cohort_for_who_may_form_one(
    site: Api, who: str, path: str, *, begins: bool
) -> None:
    visitor = await signed_in(site, who)
    answer = await visitor.get(f"{SHEETS}/template.xlsx{path}")
    names = openpyxl.load_workbook(BytesIO(answer.content), read_only=True).sheetnames
    assert ("A new cohort" in names) is begins

"""Sessions of the sample cohort, as forms record them and as their notes are typed."""

from collections.abc import Sequence
from typing import Final

import httpx

from tests.service.app import Api
from tests.service.pages.conftest import COHORT
from tests.service.pages.record.forms import FormReader, send
from tests.service.pages.sign_in.browser import Visitor

NEW: Final = f"/cohorts/{COHORT}/sessions/new"
NOTES: Final = f"/cohorts/{COHORT}/sessions/what-broke/notes"
SAYS: Final = {"kind": ["workshop"], "title": ["Four at a table"]}


def line_in(html: str) -> dict[str, list[str]]:
    """Return what the line of a page contains."""
    return FormReader(html.partition('id="sitting"')[0], action="/cohorts/").values


async def line(visitor: Visitor, path: str = NOTES, **fields: str) -> dict[str, list[str]]:
    """Return a line with these fields. `asked_` stands before the names of those that its kind asks beside."""
    answer = await visitor.get(path)
    assert answer.status_code == 200, answer.text
    kind = fields.get("kind", "")
    given = {
        name.replace("asked_", f"{kind}.") if name.startswith("asked_") else name: [value]
        for name, value in fields.items()
    }
    return {**line_in(answer.text), **given}


async def typed(visitor: Visitor, **fields: str) -> httpx.Response:
    """Type a line and send it."""
    return await send(visitor, NOTES, await line(visitor, **fields))


def recorded_at(answer: httpx.Response) -> int:
    """Return the position of what was recorded."""
    assert answer.status_code == 303, answer.text
    return int(httpx.URL(answer.headers["location"]).params["after"])


async def data_at(site: Api, position: int) -> dict[str, object]:
    """Return the data of the event at a position."""
    [recorded] = await site.service.log.events([position])
    data = recorded.content["data"]
    assert isinstance(data, dict)
    return data


def ticked(form: FormReader, came: Sequence[str]) -> dict[str, list[str]]:
    """Return what a form contains after these organisations were ticked."""
    return {**form.values, **SAYS, "attended": list(came)}

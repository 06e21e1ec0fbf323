"""What the tests of the page of access and of its invitations do in browsers."""

import re
from typing import Final

from tests.service.app import Api
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor

ACCESS: Final = f"/cohorts/{COHORT}/access"
END: Final = f"{ACCESS}/end"
CODE: Final = re.compile(r"#invitation=([0-9a-z-]+)")


async def signed_in(site: Api, who: str) -> Visitor:
    """Return a visitor who has signed in with a key."""
    visitor = Visitor(site)
    answer = await visitor.post("/sign-in", key=site.keys.get(who, who))
    assert answer.status_code == 303, answer.text
    return visitor


async def workshop_code(
    visitor: Visitor, organisation: str = "mill-museum", cohort: str = COHORT, **fields: str
) -> str:
    """Make the code of a workshop as the visitor, and return it."""
    path = f"/cohorts/{cohort}/access"
    return await _made(visitor, path, form="workshop", organisation=organisation, **fields)


async def invitation(visitor: Visitor, who: str, **fields: str) -> str:
    """Make an invitation as the visitor, and return its code."""
    return await _made(visitor, form="invitation", who=who, **fields)


async def _made(visitor: Visitor, path: str = ACCESS, /, **fields: str) -> str:
    answer = await visitor.post(path, token=await visitor.token(), **fields)
    assert answer.status_code == 200, answer.text
    page = PageReader(answer.text)
    assert page.faults == []
    found = CODE.search(page.named["link-1"])
    assert found is not None
    return found[1]


async def redeemed(site: Api, code: str) -> Visitor:
    """Return a visitor who has redeemed a code."""
    visitor = Visitor(site)
    answer = await visitor.post("/sign-in", invitation=code)
    assert answer.status_code in (200, 303), answer.text
    return visitor


async def ends_of(visitor: Visitor, field: str) -> list[str]:
    """Return the ids that the buttons on the visitor's page end, of invitations or of keys."""
    page = PageReader((await visitor.get(ACCESS)).text)
    return [
        str(given["value"])
        for tag, given in page.elements
        if tag == "input" and given.get("name") == field
    ]


def id_of(key: str) -> str:
    """Return the id of a key."""
    return key.split("_")[1]

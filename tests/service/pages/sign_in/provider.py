"""A service at which people sign in at a small real provider, and the steps of a browser that does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from service.access.signing_in.cookies import LOOPBACK
from tests.service.access.oidc.issuer import CLIENT, Issuer
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api, open_api
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor

OIDC = "/sign-in/oidc"
MILL = {"howcanwe_role": "organisation", "howcanwe_organisation": "mill"}


@asynccontextmanager
async def trusting(
    url: str, issuer: Issuer, *, begins: bool = True, **given: Any
) -> AsyncIterator[Api]:
    """The service over the database at `url`, with a small cohort if it begins; people sign in at the issuer."""
    settings = {
        "oidc_issuer": issuer.url,
        "oidc_client_id": CLIENT,
        "oidc_sign_in_name": "Museums Together",
        "oidc_keys_again_seconds": 0,
        "oidc_leeway_seconds": 0,
    }
    async with open_api(url, lives=True, **{**settings, **given}) as api:
        if begins:
            await api.begin()
        yield api


async def left(visitor: Visitor, to: str = "/") -> str:
    """Press the button, and return the address of the provider to which the page leads."""
    answer = await visitor.post(OIDC, to=to)
    assert answer.status_code == 200, answer.text
    page = PageReader(answer.text)
    [leads] = page.attributes("meta", "content")[-1:]
    address = str(leads).removeprefix("0; url=")
    assert address in page.links
    return address


async def came_back(visitor: Visitor, address: str, **headers: str) -> httpx.Response:
    """Follow the provider's answer to this address of the service."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == visitor.url
    given = {"sec-fetch-site": "cross-site", **headers}
    return await visitor.get(f"{parts.path}?{parts.query}", **given)


async def signed_in(api: Api, issuer: Issuer, to: str = "/", url: str = HERE) -> Visitor:
    """Return a visitor who has signed in at the issuer."""
    visitor = Visitor(api, url)
    answer = await came_back(visitor, issuer.answered(await left(visitor, to)))
    assert (answer.status_code, answer.headers["location"]) == (303, to), answer.text
    return visitor


async def refusal(visitor: Visitor, address: str, status: int) -> str:
    """Come back with a bad answer; return what the page says."""
    before = visitor.cookies.get(LOOPBACK)
    answer = await came_back(visitor, address)
    assert answer.status_code == status, answer.text
    assert visitor.cookies.get(LOOPBACK) == before
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "Traceback" not in answer.text
    page = PageReader(answer.text)
    assert page.faults == []
    assert OIDC in page.attributes("form", "action")
    return page.text

"""A browser without scripts that signs in: it keeps cookies, and sends forms as pages of the service do."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import httpx

from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api
from tests.service.pages.reading import PageReader

ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass
class Visitor:
    """A browser at an address of the service."""

    api: Api
    url: str = HERE
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Visit a page."""
        return await self.send("GET", path, b"", headers)

    async def post(self, path: str, /, **fields: str) -> httpx.Response:
        """Send a form of a page of the service."""
        return await self.post_from({"sec-fetch-site": "same-origin"}, path, **fields)

    async def post_from(self, sent: dict[str, str], path: str, /, **fields: str) -> httpx.Response:
        """Send a form with these headers, which say where it comes from."""
        body = urlencode(fields).encode()
        return await self.send("POST", path, body, {"content-type": FORM, **sent})

    async def role(self) -> str:
        """Return who the header of the first page says is signed in, "Sign in" if nobody is."""
        page = PageReader((await self.get("/")).text)
        return "Sign in" if "/sign-in" in page.links else "Sign out"

    async def token(self) -> str:
        """Return the token in the form of `/sign-out`."""
        page = PageReader((await self.get("/sign-out")).text)
        [token] = [given["value"] for _, given in page.elements if given.get("name") == "token"]
        assert token
        return token

    async def send(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        """Send a request with the cookies of the browser."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given = {"accept": ACCEPT, **({"cookie": cookie} if cookie else {}), **headers}
        answer = await self.api.client.request(method, self.url + path, content=body, headers=given)
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        for header in answer.headers.get_list("set-cookie"):
            if "Max-Age=0" in header:
                self.cookies.pop(header.partition("=")[0], None)
        # Otherwise the client would send what this browser keeps.
        self.api.client.cookies.clear()
        return answer

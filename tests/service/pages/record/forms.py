"""Forms as a browser without scripts fills them in and sends them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode

import httpx

from tests.service.app import Api
from tests.service.pages.sign_in.browser import FORM, Visitor

OWN: Final = {"sec-fetch-site": "same-origin"}
"""What a browser says of a form that a page of the service sent."""


@dataclass
class FormReader(HTMLParser):
    """What a browser would send of the form with the action that begins with `action`, untouched."""

    html: str
    action: str = "/record/"
    values: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    """The values that can be chosen in each field."""
    _is_inside: bool = False
    _select: str | None = None
    _textarea: str | None = None

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field of the form."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = given.get("action", "").startswith(self.action)
        if not self._is_inside:
            return
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = [""]
        elif tag == "option" and self._select is not None:
            self.options.setdefault(self._select, []).append(value)
            if "selected" in given or self._select not in self.values:
                self.values[self._select] = [value]
        elif tag == "input" and given.get("type") in ("radio", "checkbox"):
            self.options.setdefault(name, []).append(value)
            if "checked" in given:
                self.values.setdefault(name, []).append(value)
        elif tag == "input":
            self.values[name] = [value]

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a field or of the form."""
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        """Note the text of a field with many lines; a browser drops the line break that it begins with."""
        if self._textarea is not None:
            self.values[self._textarea] = [data.removeprefix("\n")]


async def signed_in(site: Api, who: str) -> Visitor:
    """Return a visitor who has signed in with a key."""
    visitor = Visitor(site)
    answer = await visitor.post("/sign-in", key=site.keys[who])
    assert answer.status_code == 303, answer.text
    return visitor


async def opened(visitor: Visitor, path: str) -> dict[str, list[str]]:
    """Return what the form at a path contains when it is opened."""
    answer = await visitor.get(path)
    assert answer.status_code == 200, answer.text
    return FormReader(answer.text).values


async def send(
    visitor: Visitor,
    path: str,
    values: Mapping[str, Sequence[str]],
    headers: Mapping[str, str] = OWN,
) -> httpx.Response:
    """Send a form."""
    body = urlencode([(name, one) for name, all_ in values.items() for one in all_]).encode()
    return await visitor.send("POST", path, body, {"content-type": FORM, **headers})


def position_in(answer: httpx.Response) -> int:
    """Return the position of what was recorded."""
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].partition("?")[0].rpartition("/")[2])

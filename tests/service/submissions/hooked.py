"""Hooks over the API of the tests: adding them, and sending submissions as tools do."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import digest
from typing import Any

import httpx
import orjson

from service.hooks.tool import Tool
from service.submissions.mapping_file import mapping_of
from tests.service.app import Api
from tests.service.submissions.mappings import sample_of, text_for


@dataclass(frozen=True)
class Hooked:
    """A hook, its secret, and the API that it belongs to."""

    api: Api
    name: str
    tool: Tool
    secret: str

    def headers(self, body: bytes) -> Mapping[str, str | bytes]:
        """Return the headers with which the hook's tool sends a body."""
        signature = b64encode(digest(self.secret.encode(), body, "sha256")).decode()
        match self.tool:
            case Tool.TYPEFORM:
                return {"Typeform-Signature": f"sha256={signature}"}
            case Tool.TALLY:
                return {"Tally-Signature": signature}
            case _:
                return {"Authorization": f"Bearer {self.secret}"}

    async def send(self, content: Any = None, **changed: str) -> httpx.Response:
        """Send a submission as the tool does, the sample if there is none; `changed` are headers that differ."""
        body = orjson.dumps(sample_of(self.tool) if content is None else content)
        return await self.sent(body, {**self.headers(body), **changed})

    async def sent(self, body: bytes, headers: Mapping[str, str | bytes]) -> httpx.Response:
        """Send a body with these headers."""
        given = {"Content-Type": b"application/json", **headers}
        sent = [
            (name.encode(), value.encode() if isinstance(value, str) else value)
            for name, value in given.items()
        ]
        return await self.api.client.post(f"/hooks/{self.name}", content=body, headers=sent)


async def hooked(api: Api, tool: Tool = Tool.GOOGLE_FORMS, text: str | None = None) -> Hooked:
    """Add a hook with a mapping, that for trials if there is none."""
    text = text_for(tool) if text is None else text
    mapping = mapping_of(text)
    secret = await api.service.hooks.add(
        mapping.name, text, mapping.tool, mapping.grant, granted_by="the tests"
    )
    return Hooked(api, mapping.name, mapping.tool, secret)

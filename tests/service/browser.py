"""Chromium without a window, by its own protocol: what a page loads, what it says, and what happens on a click."""

import asyncio
import itertools
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect

START_SECONDS_MAX = 60


class Page:
    """An open page, with what it asked for (`requested`) and what it complained of (`complaints`)."""

    def __init__(self, socket: ClientConnection, session: str) -> None:
        self._socket = socket
        self._session = session
        self._ids = itertools.count(100)
        self.requested: list[str] = []
        self.complaints: list[str] = []

    async def call(self, method: str, **params: Any) -> Any:
        """Return the result of a method of the protocol."""
        id_ = next(self._ids)
        message = {"id": id_, "method": method, "params": params, "sessionId": self._session}
        await self._socket.send(orjson.dumps(message).decode())
        while (shown := orjson.loads(await self._socket.recv())).get("id") != id_:
            self._note(shown)
        return shown["result"]

    def _note(self, shown: dict[str, Any]) -> None:
        params = shown.get("params", {})
        match shown.get("method"):
            case "Network.requestWillBeSent":
                self.requested.append(params["request"]["url"])
            case "Network.webSocketCreated":
                self.requested.append(params["url"])
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.complaints.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(params["exceptionDetails"]))

    async def evaluated(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        found = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    async def until(self, expression: str, seconds: float = START_SECONDS_MAX) -> None:
        """Wait until an expression is true of the page."""
        async with asyncio.timeout(seconds):
            while not await self.evaluated(f"Boolean({expression})"):
                await asyncio.sleep(0.1)


@asynccontextmanager
async def browsing(address: str) -> AsyncIterator[Page]:
    """Open the address in a browser of its own; skips where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            *("--headless", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0"),
            *(f"--user-data-dir={profile}", "--disable-background-networking"),
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with connect(await _endpoint(Path(profile)), max_size=None) as socket:
                yield await _page(socket, address)
        finally:
            process.terminate()
            await process.wait()


async def _endpoint(profile: Path) -> str:
    async with asyncio.timeout(START_SECONDS_MAX):
        while True:
            port = profile / "DevToolsActivePort"
            if port.exists() and (found := re.fullmatch(r"(\d+)\n(.+)", port.read_text().strip())):
                return f"ws://127.0.0.1:{found[1]}{found[2]}"
            await asyncio.sleep(0.1)


async def _page(socket: ClientConnection, address: str) -> Page:
    async def ask(id_: int, method: str, **params: Any) -> Any:
        message = {"id": id_, "method": method, "params": params}
        await socket.send(orjson.dumps(message).decode())
        while (shown := orjson.loads(await socket.recv())).get("id") != id_:
            pass
        return shown["result"]

    target = (await ask(1, "Target.createTarget", url="about:blank"))["targetId"]
    attached = await ask(2, "Target.attachToTarget", targetId=target, flatten=True)
    page = Page(socket, attached["sessionId"])
    for domain in ("Network", "Log", "Runtime", "Page"):
        await page.call(f"{domain}.enable")
    await page.call("Page.navigate", url=address)
    return page

"""The sample cohort of `howcanwe serve --demo`, and what is printed to try: a link, a key and three commands."""

import asyncio
import json
import shlex
import shutil
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import asyncpg
import httpx
import orjson

from events.access.principal import Role
from events.store.connections import AWAY, Unavailable
from service.access.grant import EVERY_COHORT, Grant
from service.access.signing_in.links import link
from service.errors import DemoRefused
from service.event_files import batches
from service.services import Service

T = TypeVar("T")

TIMEOUT_SECONDS: Final = 60.0

KEY_ID: Final = sha256(b"howcanwe demo").hexdigest()[:16]
"""The demo's key keeps its id, so that an interrupted recording can be resumed; its secret is new at each start."""


AWAY_TRIES_MAX: Final = 60
"""How often the demo retries, `retry_after_seconds` apart, while the database is unavailable."""


def lines() -> list[bytes]:
    """Return the sample cohort, an event per line."""
    return (files("service.samples.demo") / "cohort.ndjson").read_bytes().splitlines()


async def record(service: Service, address: str) -> None:
    """Record the missing events of the sample cohort over HTTP, then print a link, a key and three commands."""
    key = await _patiently(
        service,
        lambda: service.keys.create(Grant(Role.FACILITATOR, (EVERY_COHORT,)), key_id=KEY_ID),
    )
    events = [orjson.loads(line) for line in lines()]
    identities = [(event["source"], event["id"]) for event in events]
    known = await _patiently(service, lambda: service.log.known(identities))
    missing = [event for event in events if (event["source"], event["id"]) not in known]
    async with httpx.AsyncClient(
        base_url=address,
        headers={"Authorization": f"Bearer {key}"},
        timeout=TIMEOUT_SECONDS,
        trust_env=False,
        # The client is this process: whose certificate it is does not matter.
        verify=service.settings.https_certificate is None,
    ) as client:
        for batch in batches(missing, service.settings.batch_events_max):
            await _patiently(service, partial(_post, client, batch))
    code = await _patiently(service, lambda: service.links.make(KEY_ID, "service"))
    seen_at = service.settings.model_copy(update={"port": urlsplit(address).port}).address
    print(greeting(address, key, link(seen_at, code)), flush=True)


async def _post(client: httpx.AsyncClient, batch: list[Any]) -> None:
    answer = await client.post(
        "/events",
        content=b"\n".join(orjson.dumps(event) for event in batch),
        headers={"Content-Type": "application/x-ndjson"},
    )
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        raise Unavailable(answer.json()["detail"])
    if answer.is_error:
        raise DemoRefused(answer.text)


async def _patiently(service: Service, ask: Callable[[], Awaitable[T]]) -> T:
    """Return the answer, with retries while the database is unavailable; every request here may be repeated."""
    for _ in range(AWAY_TRIES_MAX):
        with suppress(Unavailable, asyncpg.PostgresError, *AWAY):
            return await ask()
        await asyncio.sleep(service.settings.retry_after_seconds)
    return await ask()


def greeting(address: str, key: str, link: str) -> str:
    """Return the link, the key and the three commands, ready to paste."""
    now = datetime.now(UTC)
    event = {
        "specversion": "1.0",
        "id": f"hello-{now:%Y%m%d%H%M%S}",
        "source": "urn:howcanwe:first-steps",
        "type": "org.howcanwe.note.added.v1",
        "time": now.isoformat(timespec="seconds"),
        "data": {"about": "organisation/mill-museum", "text": "Hello from a first visitor."},
    }
    nodes = "nodes { ... on TimelineEntry { time type } }"
    query = f'{{ organisation(key: "mill-museum") {{ name timeline(first: 5) {{ totalCount {nodes} }} }} }}'
    post = _command(address + "/events", key, "application/cloudevents+json", json.dumps(event))
    ask = _command(address + "/graphql", key, "application/json", json.dumps({"query": query}))
    replay = _command(address + "/events?stream=organisation/mill-museum", key)
    return (
        f"\nOpen this in a browser: {link} (works once, for ten minutes)\n\n"
        f"A key that may record and read everything (it replaces the key of earlier starts):\n\n  {key}\n\n"
        f"Three things to try, ready to paste:\n\n"
        f"1. Post an event\n\n{post}\n\n2. Query a timeline\n\n{ask}\n\n3. Replay a stream\n\n{replay}\n"
    )


def _command(url: str, key: str, content_type: str | None = None, body: str | None = None) -> str:
    """Return a command line that requests the URL, with curl if it is installed, else with Python."""
    headers = {"Authorization": f"Bearer {key}"}
    if content_type is not None:
        headers["Content-Type"] = content_type
    # Bypass a proxy of the environment, which would not reach this machine's own address.
    direct = bool(getproxies()) and not proxy_bypass(urlsplit(url).hostname or "")
    if shutil.which("curl"):
        parts = ["curl -sS", *(["--noproxy '*'"] if direct else []), shlex.quote(url)]
        parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
        if body is not None:
            parts.append(f"-d {shlex.quote(body)}")
        return " ".join(parts)
    python = "python3" if shutil.which("python3") else shlex.quote(sys.executable)
    asking = "u.build_opener(u.ProxyHandler({})).open" if direct else "u.urlopen"
    data = f", {json.dumps(body)}.encode()" if body is not None else ""
    request = f"u.Request({json.dumps(url)}{data}, headers={json.dumps(headers)})"
    script = f"import urllib.request as u; print({asking}({request}).read().decode())"
    return f"{python} -c {shlex.quote(script)}"

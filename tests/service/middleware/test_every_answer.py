"""What holds for every answer: its headers, `HEAD` beside `GET`, one host, no redirect."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import httpx
import pytest

from service.access import endpoints
from tests.service.access.examples import ASKED
from tests.service.app import BATCH, NDJSON, SSE, Api, faults_in, problem
from tests.service.conftest import Messages, assert_discreet
from tests.service.serving import answer, serving

IN_TIME_SECONDS = 10
GETS = sorted(call for call in endpoints.HTTP if call.startswith("GET "))


def assert_secured(response: httpx.Response) -> None:
    """Check the headers that every answer has."""
    assert response.headers["x-content-type-options"] == "nosniff"
    # Pages with forms name themselves to this service.
    assert response.headers["referrer-policy"] in ("no-referrer", "same-origin")
    directives = response.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(directives)


async def test_the_answer_of_every_route_is_secured(api: Api) -> None:
    for call, (path, body) in ASKED.items():
        for who in ("facilitator", None):
            headers = api.headers(who, {"content-type": BATCH})
            assert_secured(
                await api.client.request(call.split()[0], path, content=body, headers=headers)
            )


async def test_refusals_are_secured_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(api.service.log, "visible_event", breaks)
    for status, response in {
        404: await api.get("/nothing"),
        405: await api.client.put("/events"),
        401: await api.get("/events", "garbage"),
        415: await api.send(b"x", "text/plain"),
        500: await api.get("/events/1"),
        400: await api.client.get("/events", headers={"host": "a b"}),
    }.items():
        assert response.status_code == status
        assert_secured(response)


async def test_the_documentation_may_run_its_own_scripts_and_no_others(api: Api) -> None:
    page = await api.get("/docs", None)
    assert_secured(page)
    directives = dict(
        part.split(" ", 1) for part in page.headers["content-security-policy"].split("; ")
    )
    inline = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in inline]
    assert len(hashes) == 1
    assert directives["script-src"].split() == ["'self'", f"'sha256-{hashes[0]}'"]
    assert directives["connect-src"] == "'self'"
    # Nothing that the page names is anywhere else, and no handler is written into it.
    named = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)""", page.text)
    assert len(named) == 4
    for address in named:
        assert (await api.get(f"/{address}", None)).status_code == 200
    assert not re.search(r"<[^>]+\son[a-z]+=", page.text)


async def test_head_is_answered_wherever_get_is(story: Api) -> None:
    for path, _ in (ASKED[call] for call in GETS):
        got = await story.get(path)
        headed = await story.client.head(path, headers=story.headers("facilitator"))
        assert (headed.status_code, headed.content) == (got.status_code, b""), path
        same = {"content-type", "etag", "vary", "content-security-policy", "content-length"}
        # The contents of these change from one request to the next.
        for name in same - ({"content-length"} if path in ("/metrics", "/keys") else set()):
            assert headed.headers.get(name) == got.headers.get(name), (path, name)


async def test_head_is_refused_where_get_is(story: Api) -> None:
    for path in ("/events/validate", "/nothing", "/events?limit=x"):
        headed = await story.client.head(path, headers=story.headers("facilitator"))
        assert headed.status_code == (await story.get(path)).status_code >= 400
    refused = await story.client.head("/quarantine/x/retry")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "POST"


async def test_head_of_a_live_stream_ends_and_the_connection_is_good_for_more(
    database_url: str, messages: Messages
) -> None:
    async with serving(database_url, heartbeat_seconds=60, live_streams_max=1) as served:
        await served.api.begin()
        reader, writer = await served.connect()
        subscription = "/graphql?query=subscription{events{position}}"
        async with asyncio.timeout(IN_TIME_SECONDS):
            for path, accept in [
                *(("/events", form) for form in (SSE, NDJSON, BATCH, SSE)),
                (subscription, SSE),
                ("/docs/swagger-ui.css", "*/*"),
            ]:
                writer.write(served.head(f"HEAD {path}", accept=accept))
                status = (await reader.readuntil(b"\r\n\r\n")).decode()
                assert status.startswith("HTTP/1.1 200"), status
                assert accept in status or accept == "*/*"
            writer.write(served.head("GET /health/live"))
            assert (await answer(reader))[2] == b'{"status":"ok"}'
    assert_discreet(messages, served.api)
    assert not [line for line in messages.lines if "Traceback" in line or "unexpected" in line]


async def test_no_redirect_is_built_from_the_host(api: Api) -> None:
    for path in (
        "/docs/",
        "/keys/",
        "/health/live/",
        "/graphql/",
        "/consumers/",
        "/cohorts/heritage/",
    ):
        for method in ("GET", "POST", "HEAD"):
            headers = api.headers("facilitator", {"host": "evil.example"})
            response = await api.client.request(method, path, headers=headers)
            assert response.status_code == 404, (method, path)
            assert "location" not in response.headers
            assert "evil" not in response.text


HOSTS: Final[Sequence[tuple[int, tuple[str, ...]]]] = [
    (400, ()),
    (400, ("a.example", "a.example")),
    *((400, (host,)) for host in ("", "a b", "user@a.example", "a.example/x")),
    *((200, (host,)) for host in ("[::1]:8000", "howcanwe_1:80", "127.0.0.1")),
]
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


async def test_a_request_names_one_host(database_url: str) -> None:
    async with serving(database_url) as served:
        for status, hosts in HOSTS:
            lines = "".join(f"Host: {host}\r\n" for host in hosts)
            _, writer = connection = await served.connect()
            writer.write(f"GET /health/live HTTP/1.1\r\n{lines}\r\n".encode())
            got, headers, _ = await answer(connection[0])
            assert got == status, hosts
            if status == 400:
                assert headers["content-type"] == "application/problem+json"
                reader, writer = await served.connect()
                writer.write(f"GET /graphql HTTP/1.1\r\n{lines}{UPGRADE}\r\n".encode())
                assert (await answer(reader))[0] == 400, hosts
        reader, writer = await served.connect()
        writer.write(b"GET /health/live HTTP/1.0\r\n\r\n")
        assert (await answer(reader))[0] == 200


@pytest.mark.parametrize(
    ("call", "lines", "status"),
    [
        ("GET /graphql", f"Authorization: Bearer garbage\r\n{UPGRADE}", 401),
        ("GET /nothing", UPGRADE, 403),
        ("POST /graphql", UPGRADE, 405),
        ("GET /graphql", UPGRADE.replace("Version: 13", "Version: 12"), 400),
    ],
)
async def test_the_answer_to_what_becomes_no_websocket_is_secured(
    database_url: str, call: str, lines: str, status: int
) -> None:
    async with serving(database_url) as served:
        reader, writer = await served.connect()
        writer.write(f"{call} HTTP/1.1\r\nHost: test\r\n{lines}\r\n".encode())
        got, headers, body = await answer(reader)
        assert got == status
        assert_secured(httpx.Response(got, headers=headers, content=body))


async def test_a_refused_websocket_is_closed_with_the_reason(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(database_url) as served:

        async def asked(authorization: str) -> httpx.Response:
            reader, writer = await served.connect()
            lines = f"Host: test\r\nAuthorization: {authorization}\r\n{UPGRADE}"
            writer.write(f"GET /graphql HTTP/1.1\r\n{lines}\r\n".encode())
            got, headers, body = await answer(reader)
            return httpx.Response(got, headers=headers, content=body)

        refused = await asked("Bearer garbage")
        assert faults_in(problem(refused, 401)) == [(None, "key.required", "")]
        assert refused.headers["www-authenticate"].startswith("Bearer")
        monkeypatch.setattr(served.api.service.rate, "wait_seconds", lambda _: 7)
        refused = await asked(f"Bearer {served.api.keys['facilitator']}")
        assert problem(refused, 429)
        assert refused.headers["retry-after"] == "7"


async def test_options_lists_the_permitted_methods(api: Api) -> None:
    response = await api.client.options("/events")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert NDJSON in response.headers["accept-post"]
    assert not [name for name in response.headers if name.startswith("webhook")]


@pytest.mark.parametrize(
    ("limits", "asked", "rate"),
    [
        ({"key_requests_per_second": 0, "address_requests_per_second": 0}, None, "*"),
        ({"key_requests_per_second": 0, "address_requests_per_second": 0}, "120", "120"),
        ({"key_requests_per_second": 2, "address_requests_per_second": 0}, None, "120"),
        ({"key_requests_per_second": 2, "address_requests_per_second": 1}, "500", "60"),
        ({"key_requests_per_second": 2}, "30", "30"),
    ],
)
async def test_an_origin_may_deliver_events_at_the_rate_of_its_key(
    database_url: str, limits: dict[str, float], asked: str | None, rate: str
) -> None:
    async with serving(database_url, **limits) as served:
        sent = {"WebHook-Request-Origin": "eventgrid.azure.net"}
        sent |= {} if asked is None else {"WebHook-Request-Rate": asked}
        response = await served.api.client.options("/events", headers=sent)
        assert response.status_code == 200
        assert response.headers["webhook-allowed-origin"] == "eventgrid.azure.net"
        assert response.headers["webhook-allowed-rate"] == rate
        assert "POST" in response.headers["allow"]


async def test_a_handshake_out_of_form_is_malformed(api: Api) -> None:
    origin, rate = "WebHook-Request-Origin", "WebHook-Request-Rate"
    for sent in (
        *({origin: text} for text in ("", "a b", "a" * 256)),
        *({origin: "a.example", rate: text} for text in ("0", "-1", "9" * 20, "many")),
        {rate: "many"},
    ):
        response = await api.client.options("/events", headers=sent)
        assert faults_in(problem(response, 400)) == [(None, "header", "")]
        assert "webhook-allowed-origin" not in response.headers


async def test_the_handshake_and_the_preflight_of_browsers_do_not_meet(database_url: str) -> None:
    page = "https://app.example"
    preflight = {"origin": page, "access-control-request-method": "POST"}
    async with serving(database_url, cors_origins=(page,)) as served:
        response = await served.api.client.options("/events", headers=preflight)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == page
        assert "POST" in response.headers["access-control-allow-methods"]
        assert_secured(response)
        both = {"WebHook-Request-Origin": "a.example", "origin": page}
        response = await served.api.client.options("/events", headers=both)
        assert response.headers["webhook-allowed-origin"] == "a.example"
        assert response.headers["access-control-allow-origin"] == page
    async with serving(database_url) as served:
        response = await served.api.client.options("/events", headers=preflight)
        assert "access-control-allow-origin" not in response.headers

"""Every request has an id: in its answer, and in the messages that are written while it is handled."""

import asyncio
import logging
import re
from typing import Final

import orjson
import pytest
import structlog
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from service.operations.messages import set_up
from tests.service.app import Api
from tests.service.conftest import Messages
from tests.service.serving import serving

ID: Final = "x-request-id"
TRACE: Final = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT: Final = f"00-{TRACE}-b7ad6b7169203331-01"
MADE: Final = re.compile(r"[0-9a-f]{32}")


async def id_of(api: Api, path: str = "/health/live", **headers: str) -> str:
    """Return the id that the answer to a request has."""
    return str((await api.get(path, None, **headers)).headers[ID])


async def test_a_request_without_an_id_is_given_one_of_its_own(api: Api) -> None:
    first, second = await id_of(api), await id_of(api)
    assert first != second
    assert MADE.fullmatch(first)
    assert MADE.fullmatch(second)


async def test_a_refusal_has_an_id_too(api: Api) -> None:
    for path in ("/nothing", "/events/x", "/keys"):
        assert MADE.fullmatch(await id_of(api, path))
    unread = await api.client.get("/events", headers={"host": "a b", ID: "ours"})
    assert unread.headers.get_list(ID) == ["ours"]


@pytest.mark.parametrize("own", ["a", "order:1", "6f1c3c4e-8a55-4ad5-9c0e-0d6a1c4f8a11", "x" * 64])
async def test_a_client_s_own_id_is_kept(api: Api, own: str) -> None:
    assert await id_of(api, x_request_id=own, traceparent=TRACEPARENT) == own


@pytest.mark.parametrize("own", ["", " ", "a b", "a_b", "ü".encode().decode("latin-1"), "x" * 65])
async def test_an_id_that_is_none_is_replaced(api: Api, own: str) -> None:
    response = await api.client.get(
        "/health/live", headers={b"x-request-id": own.encode("latin-1")}
    )
    assert MADE.fullmatch(response.headers[ID])


async def test_a_key_sent_as_an_id_is_not_kept(api: Api) -> None:
    assert await id_of(api, x_request_id=api.keys["mill"]) != api.keys["mill"]


@pytest.mark.parametrize("traceparent", [TRACEPARENT, f"cc-{TRACE}-b7ad6b7169203331-01-what-comes"])
async def test_the_trace_of_a_request_is_its_id(api: Api, traceparent: str) -> None:
    assert await id_of(api, traceparent=traceparent) == TRACE


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        TRACE,
        TRACEPARENT.upper(),
        f"ff-{TRACE}-b7ad6b7169203331-01",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
    ],
)
async def test_a_trace_that_is_none_is_ignored(api: Api, traceparent: str) -> None:
    found = await id_of(api, traceparent=traceparent)
    assert MADE.fullmatch(found)
    assert found != TRACE


async def test_messages_about_a_request_have_its_id_and_its_trace(
    api: Api, monkeypatch: pytest.MonkeyPatch, messages: Messages
) -> None:
    async def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(api.service.log, "visible_event", breaks)
    response = await api.get("/events/1", x_request_id="ours", traceparent=TRACEPARENT)
    assert response.status_code == 500
    [logged] = [orjson.loads(line) for line in messages.lines if "unexpected error" in line]
    assert (logged["request_id"], logged["trace_id"]) == ("ours", TRACE)
    assert structlog.contextvars.get_contextvars() == {}


def test_messages_of_libraries_have_it_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, before = logging.getLogger(), structlog.get_config()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    try:
        set_up("json")
        with structlog.contextvars.bound_contextvars(request_id="ours"):
            logging.getLogger("uvicorn.error").warning("odd")
            structlog.get_logger("service").warning("odd")
    finally:
        structlog.configure(**before)
    lines = [orjson.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["request_id"] for line in lines] == ["ours", "ours"]


async def test_a_websocket_has_an_id(database_url: str) -> None:
    async with serving(database_url) as served:
        url = f"ws://127.0.0.1:{served.port}/graphql"
        async with asyncio.timeout(10):
            async with connect(
                url,
                subprotocols=[Subprotocol("graphql-transport-ws")],
                additional_headers={ID: "ours"},
            ) as socket:
                assert socket.response is not None
                assert socket.response.headers[ID] == "ours"

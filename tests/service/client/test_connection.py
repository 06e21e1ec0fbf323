"""Addresses, keys and traces: what is sent, what is refused, and that no key is ever shown."""

import inspect
import pickle
import ssl
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from opentelemetry import baggage, context, trace

from howcanwe import AsyncClient, Client, NewEvent, Problem, Retries, Unreachable
from howcanwe.vocabulary import NoteAdded
from tests.service.client.conftest import Connect
from tests.service.client.proxy import Failure, Proxy

KEY = f"hcw_0123456789abcdef_{'s3cret-' * 6}x"
NOTE = NoteAdded(about="organisation/mill", text="They read it aloud.")


@pytest.mark.parametrize("made", [Client, AsyncClient])
def test_a_client_shows_its_address_and_never_its_key(made: Any) -> None:
    client = made("https://howcanwe.example/", KEY, source="urn:example")
    shown = repr(client)
    assert shown == f"{made.__name__}('https://howcanwe.example', source='urn:example')"
    assert all("s3cret" not in repr(value) for value in vars(client).values())


@pytest.mark.parametrize(
    "key", [f"{KEY}\nX-More: 1", f"{KEY} x", f"{KEY}é", f"{KEY}\x00"], ids=ascii
)
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        Client("https://howcanwe.example", key)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_the_key_is_by_default_that_of_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("authorization"))
        return httpx.Response(200, json={"stream": "question/q", "version": 3})

    monkeypatch.setenv("HOWCANWE_KEY", f"{KEY}\n")
    for key in (None, "other", ""):
        transport = httpx.MockTransport(answer)
        with Client("http://howcanwe.example", key, transport=transport) as client:
            assert client.stream_version("question", "q") == 3
    assert sent == [f"Bearer {KEY}", "Bearer other", None]


@pytest.mark.parametrize(
    "url",
    ["howcanwe.example", "ftp://howcanwe.example", "http://", "https://me:s3cret@howcanwe.example"],
)
def test_an_address_that_is_none_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="server") as caught:
        Client(url)
    assert "s3cret" not in str(caught.value)


async def test_no_error_shows_the_key(connect: Connect, proxy: Proxy) -> None:
    client = connect(proxy.url, retries=Retries(seconds_max=0))
    secret = "s3cret"
    for failure in (Failure.BUSY, Failure.CUT_BEFORE, Failure.GATEWAY):
        proxy.failures = [failure]
        with pytest.raises((Problem, Unreachable)) as caught:
            await client.do("record", NewEvent(NOTE))
        shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        sent = proxy.requests[-1].headers["authorization"].removeprefix("Bearer ")
        assert sent not in shown
        assert secret not in shown


async def test_the_program_s_trace_is_passed_on(connect: Connect, proxy: Proxy) -> None:
    client = connect(proxy.url)
    await client.do("record", NOTE)
    assert "traceparent" not in proxy.requests[-1].headers
    span = trace.NonRecordingSpan(
        trace.SpanContext(0xABC, 0x123, is_remote=False, trace_flags=trace.TraceFlags(1))
    )
    proxy.failures = [Failure.CUT_AFTER]
    token = context.attach(baggage.set_baggage("cohort", "heritage"))
    try:
        with trace.use_span(span):
            await client.do("record", NOTE)
    finally:
        context.detach(token)
    expected = "00-00000000000000000000000000000abc-0000000000000123-01"
    assert [request.headers["traceparent"] for request in proxy.requests[-2:]] == [expected] * 2
    assert proxy.requests[-1].headers["baggage"] == "cohort=heritage"


def test_a_redirect_is_not_followed_but_named() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(308, headers={"location": "https://howcanwe.example/events"})

    with (
        Client("http://howcanwe.example", KEY, transport=httpx.MockTransport(answer)) as client,
        pytest.raises(Problem, match=r"redirects to https://howcanwe\.example/events; use that"),
    ):
        client.record(NOTE, source="urn:example")


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.event(1),
        lambda client: client.find("urn:example", "1"),
        lambda client: list(client.events()),
        lambda client: client.stream_version("organisation", "mill"),
        lambda client: client.record(NOTE, source="urn:example"),
        lambda client: client.validate(NOTE, source="urn:example"),
    ],
    ids=["event", "find", "events", "version", "record", "validate"],
)
@pytest.mark.parametrize(
    ("media", "body"),
    [("text/html", b"<p>Sign in"), ("text/html", b""), ("application/json", b"{}")],
    ids=["page", "nothing", "other"],
)
def test_what_a_login_page_answers_is_no_answer_of_ours(
    ask: Callable[[Client], object], media: str, body: bytes
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": media}, content=body)

    with (
        Client("http://howcanwe.example", KEY, transport=httpx.MockTransport(answer)) as client,
        pytest.raises(Problem, match=rf"not an answer of howcanwe \({media}\)"),
    ):
        ask(client)


def test_a_certificate_that_is_wrong_is_final() -> None:
    tries = []

    def answer(request: httpx.Request) -> httpx.Response:
        tries.append(request)
        raise httpx.ConnectError("certificate verify failed") from ssl.SSLCertVerificationError()

    with (
        Client("https://howcanwe.example", KEY, transport=httpx.MockTransport(answer)) as client,
        pytest.raises(Unreachable, match="certificate verify failed"),
    ):
        client.event(1)
    assert len(tries) == 1


def test_both_clients_have_the_same_methods_with_the_same_arguments() -> None:
    def methods(of: type) -> dict[str, list[str]]:
        return {
            name: [str(one) for one in inspect.signature(method).parameters.values()]
            for name, method in vars(of).items()
            if not name.startswith("_")
        }

    assert methods(Client) == methods(AsyncClient)


def test_an_error_survives_a_process_pool() -> None:
    problem = Problem(503, "Away.")
    assert str(pickle.loads(pickle.dumps(problem))) == str(problem)

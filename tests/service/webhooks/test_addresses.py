"""Webhooks connect to the public internet only, and to the very address that was checked."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from service.webhooks.addresses import fault_of_url, is_public
from service.webhooks.messages import of_test
from service.webhooks.sender import Outcome, Sender, Trouble
from service.webhooks.transport import AddressRefused, CheckedTransport
from service.webhooks.webhook import Wanted
from tests.service.app import Api
from tests.service.certificates import certified
from tests.service.webhooks.delivering import hooked, sender
from tests.service.webhooks.receiver import receiving

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"]
PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.1"),
    *("198.18.0.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1"),
    *("ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::"),
    *("2001:0:7f00:1::1", "localhost", "2130706433", "", "0x7f.1"),
    *("192.0.0.8", "192.0.0.192", "192.88.99.1", "3fff::1", "::ffff:192.0.0.192"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_any_other_address_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/", "ftp://example.org/", "https://", "https:///in", "example.org"),
        *("https://a:b@example.org/", "https://a@example.org/", "https://example.org/#part"),
        *("https://example.org:port/", "https://example.org/a b", "https://[::1", "https://é.org/"),
        *(f"https://{address}/" for address in ("127.0.0.1", "10.0.0.1", "169.254.169.254")),
        *(f"https://[{address}]/" for address in ("::1", "::ffff:127.0.0.1", "fe80::1")),
        "https://example.org/" + "a" * 2_048,
    ],
    ids=lambda url: url[:40],
)
def test_an_address_that_cannot_be_delivered_to_is_refused(url: str) -> None:
    assert fault_of_url(url, allow_private=False, characters_max=2_048) is not None


def test_who_is_refused_only_by_a_setting_is_told_the_setting() -> None:
    for url in ("http://localhost:9000/in", "https://10.0.0.1/"):
        refusal = fault_of_url(url, allow_private=False, characters_max=2_048)
        assert refusal is not None and "HOWCANWE_WEBHOOKS_ALLOW_PRIVATE" in refusal
    for url in ("ftp://localhost/", "http://a@localhost/"):
        refusal = fault_of_url(url, allow_private=False, characters_max=2_048)
        assert refusal is not None and "HOWCANWE" not in refusal


def test_an_ordinary_address_is_accepted() -> None:
    for url in (
        "https://example.org",
        "https://hooks.example.org:8443/a/b?c=d",
        "https://8.8.8.8/",
    ):
        assert fault_of_url(url, allow_private=False, characters_max=2_048) is None
    assert fault_of_url("http://localhost:8000/", allow_private=True, characters_max=2_048) is None


def to(url: str) -> Callable[[Wanted], Wanted]:
    """Return the change of a webhook that makes it deliver to an address."""
    return lambda wanted: replace(wanted, url=url)


class Names:
    """A resolver that gives another answer each time."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the next answer."""
        self.asked += 1
        return self._answers.pop(0)


def recorded(connected: list[str]) -> httpx.AsyncBaseTransport:
    """Return a transport that only notes where requests go."""

    def answer(request: httpx.Request) -> httpx.Response:
        connected.append(f"{request.url.host} as {request.headers['host']}")
        assert request.extensions["sni_hostname"] == "receiver.example"
        if request.url.host == "8.8.4.4":
            raise httpx.ConnectError("nobody listens")
        return httpx.Response(204)

    return httpx.MockTransport(answer)


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    connected: list[str] = []
    # The second answer is the trap: nobody asks again after the check.
    names = Names(["10.0.0.1", "8.8.8.8"], ["127.0.0.1"])
    transport = CheckedTransport(recorded(connected), names, seconds_max=10, allow_private=False)
    async with httpx.AsyncClient(transport=transport) as client:
        await client.post("https://receiver.example/in")
        assert (connected, names.asked) == (["8.8.8.8 as receiver.example"], 1)
        with pytest.raises(AddressRefused):
            await client.post("https://receiver.example/in")
    assert len(connected) == 1


async def test_another_address_of_the_host_is_tried_if_nobody_listens() -> None:
    connected: list[str] = []
    names = Names(["8.8.4.4", "8.8.8.8"])
    transport = CheckedTransport(recorded(connected), names, seconds_max=10, allow_private=False)
    async with httpx.AsyncClient(transport=transport) as client:
        await client.post("https://receiver.example/in")
    assert [one.split()[0] for one in connected] == ["8.8.4.4", "8.8.8.8"]


async def test_an_address_that_says_nothing_leaves_time_for_the_others() -> None:
    limits: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        limits.append(request.extensions["timeout"]["connect"])
        if request.url.host != "8.8.8.8":
            raise httpx.ConnectTimeout("it says nothing")
        return httpx.Response(204)

    names = Names(["2606:4700:4700::1111", "8.8.4.4", "8.8.8.8"])
    transport = CheckedTransport(
        httpx.MockTransport(answer), names, seconds_max=10, allow_private=False
    )
    async with httpx.AsyncClient(transport=transport, timeout=None) as client:
        assert (await client.post("https://receiver.example/in")).status_code == 204
    assert limits == [2.5] * 3


async def test_without_encryption_nothing_is_sent() -> None:
    connected: list[str] = []
    transport = CheckedTransport(
        recorded(connected), Names(["8.8.8.8"]), seconds_max=10, allow_private=False
    )
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(AddressRefused):
            await client.post("http://receiver.example/in")
    assert connected == []


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "receiver.example"])
async def test_a_receiver_in_one_s_own_network_gets_nothing(story: Api, name: str) -> None:
    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1", "::1"]

    async with receiving() as receiver:
        made = await hooked(story, receiver)
        for scheme in ("http", "https"):
            url = f"{scheme}://{name}:{receiver.port}/in"
            webhook = await story.service.webhooks.change(None, made["id"], to(url))
            outcome = await sender(allow_private=False, resolve=here).once(webhook, of_test)
            assert outcome == Outcome(trouble=Trouble.ADDRESS)
        assert receiver.connections == 0


async def test_the_certificate_is_checked_against_the_name(story: Api, tmp_path: Path) -> None:
    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    name = x509.DNSName("receiver.example")
    certificate, key = certified(tmp_path, "receiver", of=name)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with receiving(encryption=server) as receiver:
        made = await hooked(story, receiver)
        by = Sender(
            connections_max=1,
            seconds_max=20,
            bytes_max=0,
            allow_private=True,
            resolve=here,
            verify=lambda: trusting,
        )
        outcomes = []
        for host in ("receiver.example", "other.example"):
            url = f"https://{host}:{receiver.port}/in"
            webhook = await story.service.webhooks.change(None, made["id"], to(url))
            outcomes.append(await by.once(webhook, of_test))
    assert outcomes == [Outcome(204), Outcome(trouble=Trouble.CONNECTION)]
    assert receiver.received[0].headers["host"] == f"receiver.example:{receiver.port}"

"""Which addresses webhooks may connect to: those of the public internet, unless the operator allows others, too."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from service.settings import PREFIX

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host and a port, in the order in which to try them. Raises OSError."""

_UNLESS: Final = f" (a service with {PREFIX}WEBHOOKS_ALLOW_PRIVATE=true takes this one, too)"
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
"""Where a network without IPv4 shows the addresses of IPv4 (RFC 6052)."""
_OTHERS: Final = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "3fff::/20"),
    )
)
"""What is not for hosts of the internet (IANA's registries of special addresses), though Python may call it global."""


def is_public(text: str) -> bool:
    """Return whether the text is an address of the public internet.

    An IPv6 address that stands for an IPv4 address is judged by that one, too.
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address in _NAT64:
        return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return all(_is_public(one) for one in (address, *_within(address)))


def _is_public(address: Address) -> bool:
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or getattr(address, "is_site_local", False)
        or any(address in one for one in _OTHERS)
    )


def _within(address: Address) -> list[Address]:
    """Return the IPv4 addresses that an IPv6 address contains: a gateway may forward to them."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    found += address.teredo or ()
    return [one for one in found if one is not None]


async def resolved(host: str, port: int) -> Sequence[str]:
    """Return the host's addresses as the system resolves them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def fault_of_url(url: str, *, allow_private: bool, characters_max: int) -> str | None:
    """Return what is expected of the URL of a webhook, None if it is as expected.

    A host that is a name is looked up only when something is delivered.
    """
    expected = _expected(url, allow_private=allow_private, characters_max=characters_max)
    if expected is None or allow_private:
        return expected
    is_allowed_elsewhere = _expected(url, allow_private=True, characters_max=characters_max) is None
    return f"{expected}{_UNLESS}" if is_allowed_elsewhere else expected


def _expected(url: str, *, allow_private: bool, characters_max: int) -> str | None:
    schemes = ("https", "http") if allow_private else ("https",)
    expected = f"an address that begins with {' or '.join(f'{one}://' for one in schemes)}"
    if len(url) > characters_max or not (url.isascii() and url.isprintable()) or " " in url:
        return (
            f"{expected}, of at most {characters_max:,} printable ASCII characters without blanks"
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return expected
    if parts.scheme not in schemes or not host:
        return expected
    if "@" in parts.netloc or parts.fragment:
        return f"{expected}, without a user's name and without a fragment"
    if not allow_private and _is_literal(host) and not is_public(host):
        return "an address of the public internet"
    return None


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

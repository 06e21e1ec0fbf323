"""The transport of deliveries: it connects to the very address that was checked, so that no name can lead elsewhere."""

from typing import Final

import httpx

from service.webhooks.addresses import Resolve, is_public

ADDRESSES_MAX: Final = 4
"""The number of a host's addresses that are tried."""


class AddressRefused(httpx.ConnectError):
    """The host has no address that may be connected to, or the connection would not be encrypted."""


class CheckedTransport(httpx.AsyncBaseTransport):
    """Resolves the host of every request, leaves out what is not public, and connects to what is left.

    The certificate is still checked against the host's name. With `allow_private`, nothing is left out. An address that
    says nothing leaves time for the others: all of them and the request share `seconds_max`.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        resolve: Resolve,
        *,
        seconds_max: float,
        allow_private: bool,
    ) -> None:
        self._inner = inner
        self._resolve = resolve
        self._seconds_max = seconds_max
        self._allow_private = allow_private

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request. Raises AddressRefused, httpx.TransportError or OSError."""
        url = request.url
        if url.scheme != "https" and not self._allow_private:
            raise AddressRefused("the connection would not be encrypted")
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
        found = [
            address
            for address in await self._resolve(host.strip("[]"), port)
            if self._allow_private or is_public(address)
        ][:ADDRESSES_MAX]
        limits = {
            **request.extensions.get("timeout", {}),
            "connect": self._seconds_max / (len(found) + 1),
        }
        failed: httpx.TransportError = AddressRefused("the host has no public address")
        for address in found:
            pinned = httpx.Request(
                request.method,
                url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={
                    **request.extensions,
                    "sni_hostname": host.strip("[]"),
                    "timeout": limits,
                },
            )
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                # Nothing was sent, so the next address may be tried.
                failed = error
        raise failed

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

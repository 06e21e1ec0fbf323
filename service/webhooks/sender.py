"""Sends messages: one attempt each, bounded in seconds, in bytes and in connections at once."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Final, Self

import httpx

from service.errors import TooManyTrials
from service.retry_after import retry_after_seconds
from service.settings.webhooks import WebhookSettings
from service.webhooks.addresses import Resolve, resolved
from service.webhooks.messages import Message
from service.webhooks.transport import AddressRefused, CheckedTransport
from service.webhooks.webhook import Webhook

TRIALS_MAX: Final = 5
"""The number of messages that only try a webhook and are under way at once."""

_GONE: Final = 410


class Trouble(StrEnum):
    """What prevented an answer."""

    ADDRESS = "address"
    """The host has no public address, or the connection would not be encrypted."""
    CONNECTION = "connection"
    """The host is unknown, refuses the connection, has no valid certificate, or broke off."""
    TIMEOUT = "timeout"
    """There was no answer in time."""
    INTERNAL = "internal"
    """The message could not be made. The log of the service says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an attempt: the status of the answer, or what prevented one."""

    status: int | None = None
    trouble: Trouble | None = None
    retry_after_seconds: float = 0
    """The pause that the receiver asked for."""

    @property
    def is_success(self) -> bool:
        """Whether the receiver has taken the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def result(self) -> str:
        """The outcome in a word: `delivered`, `status` if the status was another one, else what prevented an answer."""
        return "delivered" if self.is_success else self.trouble or "status"

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more messages."""
        return self.status == _GONE


class Sender:
    """Sends messages to webhooks, at most `connections_max` at a time.

    An attempt takes at most `seconds_max`. Of an answer, the status counts; its body is read up to `bytes_max`, only so
    that the connection can be used again. Redirects are not followed, and settings for proxies do not count: a proxy
    would connect to addresses that nobody has checked.
    """

    def __init__(
        self,
        *,
        connections_max: int,
        seconds_max: float,
        bytes_max: int,
        allow_private: bool,
        resolve: Resolve = resolved,
        verify: Callable[[], ssl.SSLContext] = httpx.create_ssl_context,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._places = asyncio.Semaphore(connections_max)
        self._trials = asyncio.Semaphore(TRIALS_MAX)
        self._seconds_max = seconds_max
        self._bytes_max = bytes_max
        self._allow_private = allow_private
        self._resolve = resolve
        self._verify = verify
        self._context: ssl.SSLContext | None = None
        self._now = now

    @classmethod
    def of(cls, settings: WebhookSettings) -> Self:
        """Return a sender with the limits of the settings."""
        return cls(
            connections_max=settings.webhooks_connections_max,
            seconds_max=settings.webhooks_seconds_max,
            bytes_max=settings.webhooks_answer_bytes_max,
            allow_private=settings.webhooks_allow_private,
        )

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for one of the places of those who send, and hold it."""
        async with self._places:
            yield

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        """Yield a client for one webhook. Another host's requests never use its connections."""
        if self._context is None:
            # Reading the certificates takes a while, so all clients share them.
            self._context = self._verify()
        inner = httpx.AsyncHTTPTransport(
            verify=self._context,
            trust_env=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
        )
        transport = CheckedTransport(
            inner,
            self._resolve,
            seconds_max=self._seconds_max,
            allow_private=self._allow_private,
        )
        headers = {"user-agent": f"howcanwe/{version('howcanwe')}", "accept-encoding": "identity"}
        async with httpx.AsyncClient(
            transport=transport,
            headers=headers,
            trust_env=False,
            follow_redirects=False,
            timeout=None,
        ) as client:
            yield client

    async def once(
        self, webhook: Webhook, message_of: Callable[[Webhook, datetime], Message]
    ) -> Outcome:
        """Send a single message, made as of now, and return the outcome. Raises TooManyTrials.

        Such messages have places of their own, so that no delivery waits for them.
        """
        if self._trials.locked():
            raise TooManyTrials(TRIALS_MAX)
        async with self._trials, self.client() as client:
            return await self.send(client, webhook, message_of(webhook, self._now()))

    async def send(self, client: httpx.AsyncClient, webhook: Webhook, message: Message) -> Outcome:
        """Send the message once and return the outcome. Call it with a place held, or from `once`."""
        now = self._now()
        headers = message.headers(webhook.signing(now), now)
        # A receiver's cookies would tie deliveries together.
        client.cookies.clear()
        answered: Outcome | None = None
        try:
            async with (
                asyncio.timeout(self._seconds_max),
                client.stream(
                    "POST", webhook.wanted.url, content=message.body, headers=headers
                ) as response,
            ):
                asked = retry_after_seconds(response.headers, now)
                answered = Outcome(response.status_code, retry_after_seconds=asked)
                await _discard(response, self._bytes_max)
        except AddressRefused:
            return Outcome(trouble=Trouble.ADDRESS)
        except (TimeoutError, httpx.TimeoutException):
            # Once there is a status, the rest of the answer makes no difference.
            return answered or Outcome(trouble=Trouble.TIMEOUT)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ssl.SSLError, UnicodeError):
            return answered or Outcome(trouble=Trouble.CONNECTION)
        return answered


async def _discard(response: httpx.Response, bytes_max: int) -> None:
    """Read the body up to so many bytes. If there is more, the connection is closed with the response."""
    received = 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        if received > bytes_max:
            return

"""A process that delivers the webhooks of a database, with a clock on which nobody waits. Tests kill and freeze it."""

import asyncio
import os
import signal
import sys
from typing import Final

import httpx

from service.opening import opened
from service.webhooks.messages import Message
from service.webhooks.sender import Outcome, Sender
from service.webhooks.webhook import Webhook
from tests.service.app import settings
from tests.service.webhooks.delivering import deliverer, numbered, sender

SILENCE_SECONDS: Final = 1.0
"""How long it may be frozen before another process takes over."""


class Freezing(Sender):
    """Freezes its own process once, `before` it sends the message with an event, or `after` that."""

    when = "never"
    position = 0

    async def send(self, client: httpx.AsyncClient, webhook: Webhook, message: Message) -> Outcome:
        """Send the message, and be frozen when it is time."""
        if (is_time := message.id.endswith(f"_{self.position}")) and self.when == "before":
            self._freeze()
        outcome = await super().send(client, webhook, message)
        if is_time and self.when == "after":
            self._freeze()
        return outcome

    def _freeze(self) -> None:
        self.when = "never"
        os.kill(os.getpid(), signal.SIGSTOP)


async def deliver(url: str, when: str = "never", position: str = "0") -> None:
    """Deliver until the process ends."""
    freezing = sender(kind=Freezing)
    freezing.when, freezing.position = when, int(position)
    async with opened(settings(webhooks_allow_private=True), url) as service:
        delivers = deliverer(service, by=freezing, silence_seconds=SILENCE_SECONDS)
        await delivers.run(numbered)


if __name__ == "__main__":
    asyncio.run(deliver(*sys.argv[1:]))

"""A process that delivers the webhooks of a database, with a clock on which nobody waits. Tests kill it."""

import asyncio
import sys

from service.opening import opened
from tests.service.app import settings
from tests.service.webhooks.delivering import deliverer, numbered


async def deliver(url: str) -> None:
    """Deliver until the process ends."""
    async with opened(settings(webhooks_allow_private=True), url) as service:
        await deliverer(service).run(numbered)


if __name__ == "__main__":
    asyncio.run(deliver(sys.argv[1]))

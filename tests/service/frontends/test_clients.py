"""The clients that frontends use, as they come: persisted queries, subscriptions in each form, keys in their places."""

import asyncio
from pathlib import Path

import orjson

from tests.events.samples import noted
from tests.service.graphql.client import caught_up
from tests.service.packages import installed
from tests.service.serving import serving

CLIENTS = Path(__file__).with_name("clients.mjs")
PACKAGES = (
    *("@apollo/client@4", "rxjs@7", "graphql-tag@2", "graphql@16"),
    *("@urql/core@6", "@urql/exchange-persisted@5"),
    *("graphql-ws@6", "ws@8", "graphql-sse@2"),
)
TEXT = "Kept to ourselves."


async def test_clients_work_with_their_default_settings(database_url: str) -> None:
    folder = await asyncio.to_thread(installed, "clients", *PACKAGES)
    async with serving(database_url) as served:
        await served.api.begin()
        await served.api.post({**noted("organisation/mill", text=TEXT), "visibility": "private"})
        await caught_up(served.api.service)
        address = f"http://127.0.0.1:{served.port}/graphql"
        process = await asyncio.create_subprocess_exec(
            *("node", str(CLIENTS), str(folder), address, served.api.keys["mill"]),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), 60)
        finally:
            if process.returncode is None:
                process.kill()
    assert process.returncode == 0, err.decode()
    # Three requests: the hash, the text, and, known now to be of no use, the text without a hash.
    sent = {"answers": [1, 1], "requests": 3}
    assert orjson.loads(out) == {
        **dict.fromkeys(("apollo persisted POST", "apollo persisted GET"), sent),
        **dict.fromkeys(("urql persisted POST", "urql persisted GET"), sent),
        **dict.fromkeys(("apollo parts", "urql events", "graphql-ws", "graphql-sse"), TEXT),
    }

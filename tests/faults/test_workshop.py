"""A workshop of 30 phones whose lines break, while the service and its database are killed: nothing is lost."""

import asyncio
import re
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import httpx
import orjson
import pytest

from tests.events.samples import at, begun
from tests.faults.house import House, both, the_database, the_service
from tests.faults.phones import AGAIN_S, Phone, check
from tests.processes import PATIENCE_S, Serving, data_folder, key_for, run

PHONES = 30
COHORT = "heritage"
FORMS_BETWEEN = 20
"""How many forms are answered between two kills, at least."""
BLOWS_LEAST = 2
BLOWS = (the_service, both, the_database)
MOST_S = 10 * PATIENCE_S
"""How long anything may take on a machine that has much else to do."""
CODE = re.compile(r"#invitation=([0-9a-z-]+)")
TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')
OWN = {"sec-fetch-site": "same-origin"}


async def workshop_code(address: str, key: str) -> str:
    """Record a cohort, sign in as its facilitator, and make the code of a workshop."""
    async with httpx.AsyncClient(base_url=address, headers=OWN, trust_env=False) as client:
        events = [
            {"id": f"begun-{n}", "source": "urn:begun", "time": at(), **event}
            for n, event in enumerate(begun())
        ]
        media = {"content-type": "application/cloudevents-batch+json"}
        sent = {**media, "authorization": f"Bearer {key}"}
        recorded = await client.post("/events", content=orjson.dumps(events), headers=sent)
        assert recorded.status_code == 201, recorded.text
        assert (await client.post("/sign-in", data={"key": key})).status_code == 303
        path = f"/cohorts/{COHORT}/access"
        # The read models may not have the cohort yet.
        async with asyncio.timeout(PATIENCE_S):
            while not (found := set(TOKEN.findall((await client.get(path)).text))):
                await asyncio.sleep(AGAIN_S)
        [token] = found
        form = {"token": token, "form": "workshop", "organisation": "mill", "guests": str(PHONES)}
        made = CODE.search((await client.post(path, data=form)).text)
        assert made is not None
        return made[1]


async def use(phone: Phone, end: asyncio.Event) -> None:
    """Record with a phone until the workshop ends, and once in any case."""
    while not (end.is_set() and phone.settled):
        await phone.records()


async def resumed(phones: Sequence[Phone]) -> None:
    """Wait until some more forms are answered."""
    before = sum(len(phone.settled) for phone in phones)
    async with asyncio.timeout(MOST_S):
        while sum(len(phone.settled) for phone in phones) < before + FORMS_BETWEEN:
            await asyncio.sleep(AGAIN_S)


async def blows(house: House, phones: Sequence[Phone], random: Random, seconds: float) -> int:
    """Kill something again and again for as long, while forms are sent; return how often."""
    began, count = time.monotonic(), 0
    while count < BLOWS_LEAST or time.monotonic() - began < seconds:
        await resumed(phones)
        await (BLOWS[count] if count < len(BLOWS) else random.choice(BLOWS))(house)
        count += 1
    await resumed(phones)
    return count


@pytest.mark.parametrize("seconds", [0, pytest.param(600, marks=pytest.mark.long)])
async def test_phones_that_record_through_forms_lose_and_double_nothing(seconds: int) -> None:
    random = Random(seconds)
    with data_folder() as data:
        house = House(data, Serving(data))
        try:
            await asyncio.to_thread(house.service.ready)
            key = await asyncio.to_thread(key_for, data)
            code = await workshop_code(house.service.address, key)
            port = house.service.port
            phones = [Phone(n, port, Random(n + seconds), COHORT) for n in range(PHONES)]
            await asyncio.gather(*(phone.joins(code) for phone in phones))
            kills = await held(house, phones, random, seconds)
            lines = await house.lines()
            check(phones, lines)
            await verified(data, len(lines))
            assert house.service.stop() == 0
            assert "Traceback" not in house.service.err.text, house.service.err.text
        except BaseException as error:
            error.add_note(f"The service wrote: {house.service.err.text}")
            raise
        finally:
            with house.service:
                pass
    settled = sum(len(phone.settled) for phone in phones)
    print(  # noqa: T201 -- what happened is for people to read
        f"{settled} forms answered, {sum(len(phone.undone) for phone in phones)} undone,"
        f" {sum(phone.repeated for phone in phones)} repeated, {sum(len(p.given_up) for p in phones)} given up,"
        f" {sum(phone.broken for phone in phones)} broken lines, {kills} kills"
    )


async def held(house: House, phones: Sequence[Phone], random: Random, seconds: float) -> int:
    """Let all phones record while the house is struck; return how often it was."""
    end = asyncio.Event()
    tasks = [asyncio.create_task(use(phone, end)) for phone in phones]
    try:
        kills = await blows(house, phones, random, seconds)
    finally:
        end.set()
        async with asyncio.timeout(MOST_S):
            await asyncio.gather(*tasks)
    return kills


async def verified(data: Path, events: int) -> None:
    """Check the whole chain of the log."""
    found = await asyncio.to_thread(run, "verify", "--data", data)
    assert (found.returncode, found.stdout.split()[0]) == (0, b"%d" % events)

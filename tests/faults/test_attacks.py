"""Attacks on a running service: others are answered meanwhile, and how soon is printed (`-s`)."""

import pytest

from tests.faults.attack import ATTACKS, attacked, noticed


@pytest.mark.long
async def test_others_are_answered_during_every_attack() -> None:
    with attacked() as (serving, key):
        for name in ATTACKS:
            found = await noticed(serving, key, name)
            print(f"{name}: {found}")  # noqa: T201 -- what was measured is for people to read
            assert not any(waits.failed for waits in found.waits.values()), name

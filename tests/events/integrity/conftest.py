"""What the tests of integrity share."""

import pytest

from tests.events.record import Record
from tests.events.samples import formed, joined, noted, registered, shared, voided


@pytest.fixture
async def ten(record: Record) -> Record:
    """A record of ten events; the seventh is the archive's joining, the eighth a note that the last one voids."""
    await record.add(formed(), registered("mill"), registered("archive"), registered("library"))
    await record.add(joined("mill"), joined("library"), joined("archive"))
    note = await record.add_one(noted("organisation/mill"))
    await record.add(shared())
    await record.add_one(voided(note.position))
    assert await record.log.head() == 10
    return record

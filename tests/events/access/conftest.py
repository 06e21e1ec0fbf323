"""What the tests of access share."""

import pytest

from tests.events import samples as sample
from tests.events.record import Record
from tests.events.samples import at


@pytest.fixture
async def town(record: Record) -> Record:
    """A record of mill, archive and bakery in heritage, mill paired with archive; library is outside. All public."""
    public = {"visibility": "public", "time": at(0)}
    await record.add(
        sample.formed(**public),
        sample.formed("next", **public),
        *(sample.registered(name, **public) for name in ("mill", "archive", "bakery", "library")),
        *(sample.joined(name, time=at(1)) for name in ("mill", "archive", "bakery")),
        sample.paired(time=at(2)),
    )
    return record

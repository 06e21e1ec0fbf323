"""What the tests of the log share."""

import pytest

from events.log import EventLog
from tests.events.record import Record


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known."""
    config.addinivalue_line("markers", "breaks(rule): the test breaks this rule")
    config.addinivalue_line("markers", "keeps(rule): the test just keeps this rule")


@pytest.fixture
def record(log: EventLog) -> Record:
    """An empty record, to which a test adds."""
    return Record(log)


@pytest.fixture
async def story(record: Record) -> Record:
    """A record with a cohort (heritage) of two organisations (mill, archive), and a third outside (library)."""
    await record.begin()
    return record

"""What the tests of the service share."""

import itertools
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from events.log import EventLog
from projections.updating.runner import Runner
from tests.projections.stories import MakeEvent, cohort, event_maker
from tests.service.app import PERSONAL, Api, open_api
from tests.service.graphql.client import Asker
from tests.service.replicas.servers import Pair, fresh, replicated

_names = (f"replicated_{number}" for number in itertools.count(1))


class Messages(logging.Handler):
    """Everything that is logged, formatted as it would be printed, tracebacks too."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        self.lines.append(self.format(record))


@pytest.fixture
def messages() -> Iterator[Messages]:
    """The service's own messages and those of the libraries, of every level."""
    before = structlog.get_config()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
    root, handler = logging.getLogger(), Messages()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.configure(**before)


def assert_discreet(messages: Messages, api: Api) -> None:
    """No message holds a key's secret or a personal datum."""
    secrets = [key.split("_", 2)[2] for key in api.keys.values()]
    for line in messages.lines:
        for secret in (*secrets, *PERSONAL):
            assert secret not in line, f"a message contains a secret: {line}"


@pytest.fixture
async def api(database_url: str, messages: Messages) -> AsyncIterator[Api]:
    """The HTTP API over an empty log; afterwards no message may contain a key or a personal datum."""
    async with open_api(database_url) as api:
        yield api
        assert_discreet(messages, api)


@pytest.fixture
async def story(api: Api) -> Api:
    """The API over a cohort (heritage) of two organisations (mill, archive), and a third outside (library)."""
    await api.begin()
    return api


@pytest.fixture
def make_event() -> MakeEvent:
    """Make events, each with an id of its own."""
    return event_maker()


@pytest.fixture
async def asker(log: EventLog, make_event: MakeEvent) -> AsyncIterator[Asker]:
    """A GraphQL client over a log with a small cohort, as facilitator of everything."""
    await log.append(cohort(make_event))
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            yield asker


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> list[str]:
    """The options that name the test's own database, and a folder for its master key."""
    return ["--database-url", database_url, "--data", str(tmp_path / "data")]


@pytest.fixture(scope="session")
def servers() -> Iterator[Pair]:
    """A primary and its replica, for the run."""
    with replicated() as servers:
        yield servers


@pytest.fixture
async def pair(servers: Pair) -> AsyncIterator[Pair]:
    """A database with an empty log on a primary and its replica, gone after the test."""
    async with fresh(servers, next(_names)) as pair:
        yield pair

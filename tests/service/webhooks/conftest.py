"""What the tests of webhooks share."""

from collections.abc import AsyncIterator

import pytest

from tests.service.app import Api, open_api
from tests.service.conftest import Messages, assert_discreet
from tests.service.webhooks.receiver import Receiver, receiving


@pytest.fixture
async def story(database_url: str, messages: Messages) -> AsyncIterator[Api]:
    """The API over a small cohort; webhooks may deliver to this machine."""
    async with open_api(database_url, webhooks_allow_private=True) as api:
        await api.begin()
        yield api
        assert_discreet(messages, api)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that takes everything."""
    async with receiving() as receiver:
        yield receiver

"""Here the first runner builds the read models."""

import pytest


@pytest.fixture
def database_url(database_url_without_read_models: str) -> str:
    """The URL of a database with an empty log and no read models, gone after the test."""
    return database_url_without_read_models

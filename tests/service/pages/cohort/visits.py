"""Visits and subjects of the graph, as the views of a cohort's pages take them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from events.access.principal import PUBLIC, Principal
from service.pages.frame.language import languages
from service.pages.frame.page import Visit

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)
LANGUAGE = languages()["en"]


def visit(viewer: Principal = PUBLIC, path: str = "/cohorts/valley", **query: str) -> Visit:
    """Return a visit to a page of the cohort `valley` at noon of 1 July 2024."""
    return Visit(path, {"key": "valley"}, query, viewer, LANGUAGE, NOW, 1)


def organisation(key: str) -> Mapping[str, Any]:
    """Return an organisation."""
    return {"key": key, "name": key.title()}

"""A cohort with something at each level, with hostile texts, for pages of figures and the report."""

from collections.abc import AsyncIterator, Sequence

import pytest_asyncio

from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.events.samples import (
    EventJson,
    begun,
    captured,
    failed,
    formed,
    framed,
    paired,
    planned,
    registered,
    started,
)
from tests.service.app import Api, open_api

HOSTILE = "<script>alert(1)</script>\"'>{{ 7 * 7 }} %(n)s =1+1 \u202e"
LEVELS = ("private", "pair", "cohort", "public")


def words(level: str, cause: str | None) -> str:
    """Return the words of the failure at a level with a cause."""
    return f"What is {level} of {cause} {HOSTILE}"


def failures() -> Sequence[EventJson]:
    """Return a failure for each level, with a cause or none."""
    return [
        failed(
            f"{level}-{cause}",
            visibility=level,
            cohort="heritage",
            actual=words(level, cause),
            failure_cause=cause,
        )
        for level in LEVELS
        for cause in (None, "deviance")
        if (level, cause) not in (("cohort", "deviance"), ("public", "deviance"))
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def levels(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The service with the cohort, in which mill and archive are paired; the library is in another cohort."""
    async with copies[TEMPLATE].copy() as url, open_api(url, lives=True) as api:
        events = [
            *begun(),
            formed("elsewhere", title=HOSTILE),
            registered("hostile", name=HOSTILE),
            paired(purpose=HOSTILE),
            framed(cohort="heritage", text=f"How can we {HOSTILE}?"),
            planned(title=HOSTILE, hypothesis=HOSTILE, action=HOSTILE),
            started(),
            *failures(),
            captured(cohort="heritage", statement=HOSTILE, from_=["failure/cohort-None"]),
        ]
        await api.record(events)
        yield api

"""A report that `howcanwe report` writes, as a browser shows it from a file."""

import asyncio
from pathlib import Path

import pytest

from service.commands.reporting.evidence import evidence_of
from service.pages.figures.document.content import report
from service.pages.figures.document.definition import Definition
from service.pages.figures.document.form import Form, written
from service.pages.frame.language import languages
from service.replay.sources.server import ServerSource
from tests.browser.conftest import Site
from tests.browser.every_page import faults_here

pytestmark = pytest.mark.asyncio(loop_scope="module")

COHORT = "heritage-2024"


def usual(address: str, key: str, language: str) -> str:
    """Return the usual report of the sample cohort, from a server."""
    server = ServerSource(address, key)
    try:
        definition = Definition.of({"cohorts": [COHORT], "language": language})
        made = report(definition, evidence_of(server), languages()[language])
        return written(made, Form.HTML)
    finally:
        server.close()


async def test_a_report_is_accessible_on_screen_on_a_phone_and_on_paper(
    browsed: Site, tmp_path: Path
) -> None:
    key = browsed.served.api.keys["facilitator"]
    file = tmp_path / "report.html"
    # German has the longer words.
    file.write_text(await asyncio.to_thread(usual, browsed.address, key, "de"), "utf-8")
    async with browsed.tab() as tab:
        await tab.page.goto(file.as_uri())
        assert tab.requested == [file.as_uri()]
        assert await faults_here(tab) == []
        assert tab.complaints == []

"""Workbooks that people have from earlier templates: they are read as ever, with the same ids and keys."""

import json
from pathlib import Path

from service.pages.sheets.events import of_workbook
from service.pages.sheets.rows import SheetOptions
from tests.service.pages.sheets.workbooks import written

EARLIER = json.loads((Path(__file__).parent / "earlier.json").read_text())
"""The rows of a filled workbook of an earlier template, and the events that they became."""


def test_a_workbook_of_an_earlier_template_becomes_the_events_that_it_became() -> None:
    found = of_workbook(written(EARLIER["sheets"]), SheetOptions())
    assert [event.content for event in found.events] == EARLIER["events"]

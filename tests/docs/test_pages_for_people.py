"""The page about the pages for people names each of them, and no other."""

import re

from service.pages.routes import PAGES
from tests.docs.page import FOLDER

ROW = re.compile(r"^\| (`/.*?) \|", re.MULTILINE)
PATH = re.compile(r"`([^`?]+)[^`]*`")


def test_each_page_is_in_the_table() -> None:
    text = (FOLDER / "how-to" / "pages.md").read_text(encoding="utf-8")
    named = [path for cell in ROW.findall(text) for path in PATH.findall(cell)]
    assert sorted(named) == sorted(page.path for page in PAGES)

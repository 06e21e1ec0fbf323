"""The README is short, and leads to pages that exist. That its examples work, `test_examples` says."""

import re
from typing import Final

from tests.docs.page import README, ROOT

BYTES_MAX: Final = 8 * 1024


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= BYTES_MAX


def test_its_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README.read_text())
    here = [link for link in links if "://" not in link]
    assert len(here) > len(["a picture"])
    assert [link for link in here if not (ROOT / link.partition("#")[0]).exists()] == []

"""In a checkout, too, every link of the README and the documentation leads somewhere."""

import re
from typing import Final

import pytest

from docs.reference import PAGES, stand_in
from tests.docs.page import FOLDER, ROOT

LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
FENCE: Final = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)
FILES: Final = sorted([*ROOT.glob("*.md"), *FOLDER.rglob("*.md")])


@pytest.mark.parametrize("name", [str(path.relative_to(ROOT)) for path in FILES])
def test_links_lead_to_files(name: str) -> None:
    page = ROOT / name
    links = LINK.findall(FENCE.sub("", page.read_text()))
    here = [link.partition("#")[0] for link in links if ":" not in link and link[0] != "#"]
    assert [link for link in here if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_checkout_says_how_to_see_a_page_of_the_reference(name: str) -> None:
    assert (FOLDER / "reference" / f"{name}.md").read_text() == stand_in(name)

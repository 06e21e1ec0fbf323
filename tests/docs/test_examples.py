"""Every example of the README and of the documentation does what it says, one test an example."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.docs.page import FOLDER, Page, pages
from tests.docs.story import LANGUAGES, Story, served

ELSEWHERE: Final = {FOLDER / "how-to" / "frontend.md": "tests/service/test_frontend_guide.py"}
"""Pages whose examples other tests run, since they need more than a shell."""

PAGES: Final = [page for page in pages() if page.examples and page.path not in ELSEWHERE]
EXAMPLES: Final = [
    pytest.param(page, n, id=f"{page.name}:{example.line}")
    for page in PAGES
    for n, example in enumerate(page.examples)
]


@pytest.fixture(scope="module")
def story(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """The page beside a service of its own."""
    page: Page = request.param
    with served(page, tmp_path_factory.mktemp("story")) as story:
        yield story


@pytest.mark.parametrize(("story", "n"), EXAMPLES, indirect=["story"], scope="module")
def test_an_example_does_what_the_page_says(story: Story, n: int) -> None:
    story.check(n)


def test_every_block_is_run_or_shows_what_comes_of_one() -> None:
    odd = [
        f"{page.name}:{example.line} {example.language}"
        for page in PAGES
        for example in page.examples
        if example.language not in LANGUAGES
    ]
    assert odd == []

"""Every example of the README and of the documentation does what it says, one test an example."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.docs.page import FOLDER, Page, pages
from tests.docs.story import (
    LANGUAGES,
    Served,
    Story,
    begin,
    begins_empty,
    service,
    shows_positions,
)

ELSEWHERE: Final = {FOLDER / "how-to" / "frontend.md": "tests/service/test_frontend_guide.py"}
"""Pages whose examples other tests run, since they need more than a shell."""

PAGES: Final = [page for page in pages() if page.examples and page.path not in ELSEWHERE]
EXAMPLES: Final = [
    pytest.param(page, n, id=f"{page.name}:{example.line}")
    for page in PAGES
    for n, example in enumerate(page.examples)
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with the sample cohort, for all pages that do not mind what others record."""
    with service(tmp_path_factory.mktemp("shared") / "data") as served:
        yield served


@pytest.fixture(scope="module")
def story(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """The page, beside a service of its own if its answers depend on what was recorded before."""
    page: Page = request.param
    folder = tmp_path_factory.mktemp("story")
    if begins_empty(page) or shows_positions(page):
        with service(folder / "data", empty=begins_empty(page)) as served:
            yield begin(page, served, folder / "work")
    else:
        yield begin(page, request.getfixturevalue("shared"), folder / "work")


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

"""Every example of the README and of the documentation does what it says, one test an example."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
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
    settings_of,
    shows_positions,
)

ELSEWHERE: Final = {FOLDER / "how-to" / "frontend.md": "tests/service/frontends/test_guide.py"}
"""Pages whose examples other tests run, since they need more than a shell."""

PAGES: Final = [page for page in pages() if page.examples and page.path not in ELSEWHERE]
EXAMPLES: Final = [
    pytest.param(page, n, id=f"{page.name}:{example.line}")
    for page in PAGES
    for n, example in enumerate(page.examples)
]


class Stories:
    """The pages' stories, each begun when it is first looked at; their services run until the end."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._begun: dict[Path, Story] = {}

    @cached_property
    def _shared(self) -> Served:
        """A service with the sample cohort, for all pages that do not mind what others record."""
        return self._stack.enter_context(service(self._folder / "shared"))

    def of(self, page: Page) -> Story:
        """Return a page's story, beside a service of its own if its answers depend on what was recorded before."""
        if page.path not in self._begun:
            folder = self._folder / page.name.replace("/", "-")
            settings = settings_of(page)
            if begins_empty(page) or shows_positions(page) or settings:
                own = service(folder / "data", empty=begins_empty(page), settings=settings)
                served = self._stack.enter_context(own)
            else:
                served = self._shared
            self._begun[page.path] = begin(page, served, folder / "work")
        return self._begun[page.path]


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stories]:
    """The stories of all pages."""
    with ExitStack() as stack:
        yield Stories(tmp_path_factory.mktemp("stories"), stack)


@pytest.mark.parametrize(("page", "n"), EXAMPLES)
def test_an_example_does_what_the_page_says(stories: Stories, page: Page, n: int) -> None:
    stories.of(page).check(n)


def test_every_block_is_run_or_shows_what_comes_of_one() -> None:
    odd = [
        f"{page.name}:{example.line} {example.language}"
        for page in PAGES
        for example in page.examples
        if example.language not in LANGUAGES
    ]
    assert odd == []

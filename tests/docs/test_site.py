"""The site holds every page, in its navigation, and fetches nothing from elsewhere."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import howcanwe
from docs.reference import PAGES
from tests.docs.page import FOLDER, README, ROOT, pages

BUILD_SECONDS_MAX: Final = 300
FETCHED: Final = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*\ssrc=[\"']?(?:https?:)?//[^>]*>"
    r"|<link\b[^>]*\shref=[\"']?(?:https?:)?//[^>]*>"
    r"|@import[^;]*//|url\([\"']?(?:https?:)?//",
    re.IGNORECASE,
)
"""What a browser fetches by itself from another address. A link is not fetched by itself."""


@pytest.fixture(scope="module")
def site() -> Path:
    """The site, built as `scripts/test` builds it."""
    done = subprocess.run(
        [ROOT / "scripts" / "docs"],
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS_MAX,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "site"


def named(nav: list[Any]) -> Iterator[str]:
    for entry in nav:
        [found] = entry.values()
        if isinstance(found, str):
            yield found
        else:
            yield from named(found)


def test_every_page_is_in_the_navigation_once() -> None:
    config = tomllib.loads((ROOT / "zensical.toml").read_text())
    by_hand = {str(page.path.relative_to(FOLDER)) for page in pages() if page.path != README}
    generated = {f"reference/{name}.md" for name in PAGES}
    assert sorted(named(config["project"]["nav"])) == sorted(by_hand | generated)


def test_a_browser_fetches_nothing_from_elsewhere(site: Path) -> None:
    rendered = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(rendered) > len(pages())
    odd = {
        f"{path.relative_to(site)}: {found}"
        for path in rendered
        for found in FETCHED.findall(path.read_text())
    }
    assert odd == set()
    # The theme loads a program from elsewhere to draw diagrams that are written as text; we have none.
    assert not [path for path in site.rglob("*.html") if 'class="mermaid"' in path.read_text()]


def test_the_python_reference_shows_the_names_for_programs(site: Path) -> None:
    text = (site / "reference" / "python.html").read_text()
    for name in (*howcanwe.__all__, "EventLog.append", "ReplayLog.select"):
        assert f'id="howcanwe.{name}"' in text


NAMED_PATH: Final = re.compile(
    r"`((?:events|projections|service|howcanwe|tests|docs|scripts|notebooks)/[\w./-]*)`"
)


NAMED_MODULE: Final = re.compile(r"`(\w+\.py)`")
"""A module that is named without its folder."""


@pytest.fixture(scope="module")
def modules() -> set[str]:
    """The names of all modules, without their folders."""
    folders = ("events", "projections", "service", "howcanwe", "tests", "docs", "notebooks")
    nested = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {path.name for path in (*ROOT.glob("*.py"), *nested)}


@pytest.mark.parametrize("page", [*sorted(FOLDER.rglob("*.md")), ROOT / "CONTRIBUTING.md", README])
def test_every_path_that_a_page_names_exists(page: Path, modules: set[str]) -> None:
    written = {f"docs/reference/{name}.md" for name in PAGES}
    named = set(NAMED_PATH.findall(page.read_text())) - written
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    assert set(NAMED_MODULE.findall(page.read_text())) - modules == set()

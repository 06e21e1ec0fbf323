"""Releases as the changelog has them: each with a heading, and the schema that its commit had."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.releases import RELEASES

ROOT: Final = Path(__file__).parents[1]
HEADING: Final = re.compile(
    r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d), commit ([0-9a-f]{40})\)$", re.M
)
KEPT: Final = sorted(folder.name for folder in RELEASES.iterdir() if folder.is_dir())


@pytest.fixture
def headings() -> dict[str, str]:
    """The commit of each release in the changelog."""
    found = HEADING.findall((ROOT / "CHANGELOG.md").read_text())
    return {version: commit for version, _, commit in found}


@pytest.mark.parametrize("version", KEPT)
def test_a_release_whose_writings_are_kept_has_a_heading(
    headings: dict[str, str], version: str
) -> None:
    assert version in headings


@pytest.mark.parametrize("version", KEPT)
def test_the_kept_schema_is_that_of_the_releases_commit(
    headings: dict[str, str], version: str
) -> None:
    git = shutil.which("git")
    call = [git or "git", "show", f"{headings[version]}:schema.graphql"]
    released = git and subprocess.run(call, cwd=ROOT, capture_output=True, check=False)
    if not released or released.returncode:
        pytest.skip("the history is not here")
    assert released.stdout == (RELEASES / version / "schema.graphql").read_bytes()

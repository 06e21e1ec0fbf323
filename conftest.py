"""What holds for every test run: which tests run only when asked for."""

from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent

MARKED: Final = {
    "replica": "tests/service/replicas",
    "frontend": "tests/service/frontends",
    "kill": "tests/faults",
    "cluster": "tests/service/postgres",
    "replay": "tests/service/replay",
    "command": "tests/service/commands",
    "operation": "tests/service/operations",
    "master_key": "tests/service/secrets",
    "privacy": "tests/service/privacy",
    "release": "tests/service/releases",
    "page": "tests/docs",
    "browser": "tests/browser",
}
"""Marks, each with the folder whose tests have it. They run with `--all`.

A test elsewhere can be given one, too; `generated` is for those that go through much that is generated.
"""
MARKS: Final = (*MARKED, "generated")

LEFT_OUT: Final = {
    "long": ("long",),
    **dict.fromkeys(MARKS, ("all", "long")),
}
"""Marks of tests that are left out, each with the options that let them run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--all` and `--long`."""
    parser.addoption("--all", action="store_true", help="run all tests but those that take minutes")
    parser.addoption("--long", action="store_true", help="run all tests")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known."""
    about = {mark: f"as the tests in {folder}" for mark, folder in MARKED.items()}
    for mark in MARKS:
        what = about.get(mark, "goes through much that is generated")
        config.addinivalue_line("markers", f"{mark}: {what}; runs with --all")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests in the folders of `MARKED`, and leave out those in `LEFT_OUT` that were not asked for.

    Where the command names files or folders, it asks for all that these hold, unless it takes minutes.
    """
    for mark, folder in MARKED.items():
        for item in items:
            if item.path.is_relative_to(ROOT / folder):
                item.add_marker(mark)
    given = {option for option in ("all", "long") if config.getoption(option)}
    if _names_tests(config):
        given.add("all")
    left_out = {mark for mark, options in LEFT_OUT.items() if given.isdisjoint(options)}
    deselected = {item for item in items if any(map(item.get_closest_marker, left_out))}
    if deselected:
        config.hook.pytest_deselected(items=list(deselected))
        items[:] = [item for item in items if item not in deselected]


def _names_tests(config: pytest.Config) -> bool:
    """Say whether the command names files or folders, and not only all of `tests`."""
    # The processes of pytest-xdist are given whole paths.
    named = {config.invocation_params.dir / argument.partition("::")[0] for argument in config.args}
    return not named <= {ROOT, ROOT / "tests"}

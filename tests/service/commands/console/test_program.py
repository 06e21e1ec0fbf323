"""Commands are printed as the program was called, so that they can be run as they are."""

import sys
from pathlib import Path

import pytest

from service.commands.console.program import printed


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in a folder with a blank in its name; this one was called so."""
    place = tmp_path / "my bin" / "howcanwe"
    place.parent.mkdir()
    place.touch(0o700)
    monkeypatch.setattr(sys, "argv", [str(place)])
    monkeypatch.setenv("PATH", "")
    return place


def test_a_program_that_was_called_by_its_path_is_printed_with_it(called: Path) -> None:
    assert printed("record", "my file.xlsx") == f"'{called}' record 'my file.xlsx'"


def test_a_program_that_the_shell_finds_is_printed_by_its_name(
    called: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(called.parent))
    assert printed("keys", "list") == "howcanwe keys list"


def test_another_program_that_the_shell_finds_is_not_taken_for_this_one(
    called: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "howcanwe").touch(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert printed("keys") == f"'{called}' keys"

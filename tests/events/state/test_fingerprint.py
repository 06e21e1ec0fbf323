"""The fingerprint of the folds: it changes with the code that decides the states."""

from pathlib import Path

import grimp
import pytest

from events.state.fingerprint import fingerprint_of, state_fingerprint, state_sources
from events.vocabulary.words import LISTS, WORDS


def test_everything_the_folds_import_is_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[3])
    graph = grimp.build_graph("events")
    needed = {"events.state.draft", "events.lines.recorded"}
    for start in tuple(needed):
        needed |= graph.find_upstream_modules(start)
    sources = state_sources()
    for name in needed:
        path = Path(name.replace(".", "/"))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        assert file.relative_to("events").as_posix() in sources


def test_rewording_changes_nothing() -> None:
    """A term's title and meaning, and what a field asks, are no part of what is computed."""
    sources = "".join(path.read_text() for path in state_sources().values())
    words = [one.meaning for listed in LISTS.values() for one in listed.terms]
    words += [one.question for words in WORDS.values() for one in words.fields.values()]
    assert len(words) > 200
    assert [text for text in words if text in sources] == []


def test_it_changes_with_a_source_and_with_nothing_else(tmp_path: Path) -> None:
    paths = {}
    for name in ("folds.py", "subjects.py"):
        paths[name] = tmp_path / name
        paths[name].write_text("a")
    before = fingerprint_of(paths)
    assert fingerprint_of(dict(reversed(paths.items()))) == before
    paths["folds.py"].write_text("b")
    assert fingerprint_of(paths) != before


def test_it_stays_that_of_the_running_code_when_its_files_are_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An unchanged fingerprint would let a release that still runs write states in the new release's name."""
    before = state_fingerprint()
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"another release")
    assert fingerprint_of(state_sources()) != before
    assert state_fingerprint() == before


def test_it_is_twelve_hex_digits() -> None:
    assert len(state_fingerprint()) == 12
    int(state_fingerprint(), 16)

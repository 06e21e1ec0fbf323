"""The fingerprint: another build of what decides the rows, another schema."""

from pathlib import Path

import grimp
import pytest

from events.state.fingerprint import fingerprint_of
from events.vocabulary.words import LISTS, WORDS
from projections.updating.fingerprint import fingerprint, row_sources


def source_of(name: str) -> str:
    """Return the file of a module, as the list of sources names it."""
    path = Path(name.replace(".", "/"))
    return str(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))


def test_everything_the_projections_import_is_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[3])
    graph = grimp.build_graph("events", "projections")
    needed = {"projections.models", "projections.folding.fold"}
    for start in tuple(needed):
        needed |= graph.find_upstream_modules(start)
    assert {source_of(name) for name in needed} <= row_sources().keys()


def test_rewording_a_term_or_a_field_rebuilds_nothing() -> None:
    sources = "".join(path.read_text() for path in row_sources().values())
    words = [one.meaning for listed in LISTS.values() for one in listed.terms]
    words += [one.question for words in WORDS.values() for one in words.fields.values()]
    assert [text for text in words if text in sources] == []


def test_it_is_twelve_hex_digits() -> None:
    assert len(fingerprint()) == 12
    int(fingerprint(), 16)


def test_it_stays_that_of_the_running_code_when_its_files_are_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = fingerprint()
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"another release")
    assert fingerprint_of(row_sources()) != before
    assert fingerprint() == before


def test_it_changes_with_a_source_and_with_nothing_else(tmp_path: Path) -> None:
    def built(**texts: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        paths = {}
        for name, text in texts.items():
            paths[name] = folder / name
            paths[name].write_text(text)
        return fingerprint_of(paths)

    before = built(one="a", other="b")
    assert built(other="b", one="a") == before
    assert len({before, built(one="a", other="c"), built(one="a"), built(one="b", other="a")}) == 4

"""`scripts/words` finds the words that we do not use."""

import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SECONDS_MAX: Final = 60


def found_in(path: Path) -> list[str]:
    """Return the words that are found in a file, in order."""
    done = subprocess.run(
        [ROOT / "scripts" / "words", path], capture_output=True, text=True, timeout=SECONDS_MAX
    )
    words = [line.split(": ")[1].partition(" ==>")[0] for line in done.stdout.splitlines()]
    assert bool(done.returncode) == bool(words), done.stdout + done.stderr
    return words


def test_words_of_the_list_phrases_and_spelling_mistakes_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Whoever was told\ncan recieve it: the reader goes on.\n")
    assert found_in(page) == ["Whoever", "told", "recieve", "goes on"]


def test_words_in_docstrings_comments_and_messages_are_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""What may be told."""\n\n# It tells more.\nraise ValueError("it was broken off")\n'
    )
    assert found_in(module) == ["told", "tells", "broken off"]


def test_code_in_a_page_is_left_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Call `tell`.\n\n1. Run\n\n   ```python\n   told = 1\n   ```\n\nThen stop.\n")
    assert found_in(page) == []


def test_each_word_is_in_the_list_once_and_has_a_better_one() -> None:
    lines = (ROOT / "scripts" / "words.txt").read_text().splitlines()
    words = [line.partition("->")[0] for line in lines]
    assert len(set(words)) == len(words)
    assert all(word == word.lower().strip() for word in words)
    assert all(line.partition("->")[2].strip(" ,") and line.endswith(",") for line in lines)

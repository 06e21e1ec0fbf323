"""The words of a text: the same with every Python."""

import unicodedata
from hashlib import sha256

import pytest

from projections.models import words
from projections.models.words import unaccented


@pytest.mark.skipif(
    unicodedata.unidata_version != "14.0.0", reason="what is locked is Unicode 14.0"
)
def test_what_the_locked_unicode_did_not_have_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A later Python knows its case and its parts."""
    taken: set[str] = set()

    def normalize(form: str, text: str) -> str:
        taken.update(text)
        return text

    monkeypatch.setattr(words, "normalize", normalize)
    every = map(chr, range(0x110000))
    unaccented("".join(one for one in every if unicodedata.category(one) == "Cn"))
    assert taken == set()


def test_every_python_takes_every_character_apart_alike() -> None:
    """The digest was computed with Unicode 14.0; a later Python that differs breaks the lock."""
    digest = sha256()
    for character in map(chr, range(0x110000)):
        text = unaccented(f"e{character}\u0323\u0301")
        digest.update(text.encode("utf-8", "surrogatepass") + b"\n")
    assert digest.hexdigest() == (
        "65cb851e4e7d640a7d1eae384b68093cba693c75c6afdf716f1c86103504f8d8"
    )

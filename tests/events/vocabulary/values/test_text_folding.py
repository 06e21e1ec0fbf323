"""The folded form of a text: the table of what is one text, and the lock on one version of Unicode."""

import unicodedata
from hashlib import sha256
from typing import Final

import pytest

from events.vocabulary.values.text_folding import FOLDABLE_RUN, folded, trimmed

# How a text is written, how it is folded, and how with the case of its letters kept.
TABLE: Final = [
    # Blanks
    ("  How\tcan \r\n\u00a0we\u2028\u3000go ", "how can we go", "How can we go"),
    ("young  people", "young people", "young people"),
    ("\x1c\x1f", "", ""),
    (" \t\n\u00a0\u2003", "", ""),
    # Invisible marks: zero width, byte order mark, soft hyphen, direction, joiners, variation selectors, controls
    ("\ufeffHow can we go?\u200b", "how can we go?", "How can we go?"),
    ("a \u200b b", "a b", "a b"),
    ("par\u00adti\u200bci\u2060pation", "participation", "participation"),
    ("\u200eHi\u202c\u2069", "hi", "Hi"),
    ("\u2764\ufe0f", "\u2764", "\u2764"),
    ("a\u0007b\u0085c", "ab c", "ab c"),
    ("\u200b\u200d\ufeff\u00ad\ufe0f\U000e0041", "", ""),
    # Typographic quotes, apostrophes and dashes
    ("visitors\u2019 notes", "visitors' notes", "visitors' notes"),
    ("\u2018a\u2019 \u201ab\u201b \u02bcc", "'a' 'b' 'c", "'a' 'b' 'c"),
    ("\u201ca\u201d \u201eb\u201f", '"a" "b"', '"a" "b"'),
    ("a\u2010b\u2011c\u2012d\u2013e\u2014f\u2015g\u2212h", "a-b-c-d-e-f-g-h", "a-b-c-d-e-f-g-h"),
    ("\u00aba\u00bb", "\u00aba\u00bb", "\u00aba\u00bb"),
    # Canonically equal spellings
    ("cafe\u0301 culture", "caf\u00e9 culture", "caf\u00e9 culture"),
    ("The\u0301a\u0302tre", "th\u00e9\u00e2tre", "Th\u00e9\u00e2tre"),
    ("a\u0323\u0302", "\u1ead", "\u1ead"),
    ("a\u0302\u200d\u0323", "\u1ead", "\u1ead"),
    ("\u212bngstr\u00f6m", "\u00e5ngstr\u00f6m", "\u00c5ngstr\u00f6m"),
    ("\u1112\u1161\u11ab", "\ud55c", "\ud55c"),
    ("=\u0338", "\u2260", "\u2260"),
    # Compatible spellings are others
    ("\ufb01nd", "find", "\ufb01nd"),
    ("m\u00b2", "m\u00b2", "m\u00b2"),
    # Case
    ("\u00dcBUNG", "\u00fcbung", "\u00dcBUNG"),
    ("U\u0308BUNG", "\u00fcbung", "\u00dcBUNG"),
    ("CAF\u00c9", "caf\u00e9", "CAF\u00c9"),
    ("Stra\u00dfe STRA\u1e9eE", "strasse strasse", "Stra\u00dfe STRA\u1e9eE"),
    ("\u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03cc\u03c2", "\u03bf\u03b4\u03bf\u03c3 \u03bf\u03b4\u03cc\u03c3",
     "\u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03cc\u03c2"),
    ("\u1fb3 \u03b1\u0345\u0301", "\u03b1\u03b9 \u03ac\u03b9", "\u1fb3 \u1fb4"),
    ("ISPARTA Isparta", "isparta isparta", "ISPARTA Isparta"),
    ("\u0131sparta", "\u0131sparta", "\u0131sparta"),
    ("\u0130stanbul", "i\u0307stanbul", "\u0130stanbul"),
    ("\u0149", "'n", "'n"),
    ("\u13b0\uab80", "\u13b0\u13b0", "\u13b0\uab80"),
    ("\U0001e900", "\U0001e922", "\U0001e900"),
    # Characters that Unicode 14.0 did not have stay as they are: a capital and a small letter of Garay (16.0), a
    # vowel sign of two parts of Tulu-Tigalari (16.0), a Latin capital (16.0), Arabic marks out of order (17.0)
    ("\U00010d50\U00010d70", "\U00010d50\U00010d70", "\U00010d50\U00010d70"),
    ("\U00011384\U000113bb", "\U00011384\U000113bb", "\U00011384\U000113bb"),
    ("E\u0301\ua7dce\u0301", "\u00e9\ua7dc\u00e9", "\u00c9\ua7dc\u00e9"),
    ("a\u1acf\u0323", "a\u1acf\u0323", "a\u1acf\u0323"),
    # What is visible, and what cannot be stored
    ("\U0001f600", "\U0001f600", "\U0001f600"),
    ("\ud800", "\ud800", "\ud800"),
    ("", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "without_case", "with_case"), TABLE)
def test_a_text_is_compared_in_its_folded_form(
    text: str, without_case: str, with_case: str
) -> None:
    assert folded(text) == without_case
    assert folded(text, case=False) == with_case
    assert folded(without_case) == without_case
    assert folded(with_case, case=False) == with_case


def test_no_character_is_folded_otherwise_when_it_was_folded_before() -> None:
    for character in map(chr, range(0x110000)):
        assert folded(folded(character)) == folded(character)
        assert folded(folded(character, case=False)) == folded(character)


def test_every_python_folds_every_character_alike() -> None:
    """The digest was computed with Unicode 14.0; a later Python that differs breaks the lock."""
    digest = sha256()
    for case in (True, False):
        for character in map(chr, range(0x110000)):
            # Between a letter and two marks, it also shows what it composes and exchanges places with.
            text = folded(f"e{character}\u0323\u0301", case=case)
            digest.update(text.encode("utf-8", "surrogatepass") + b"\n")
    assert digest.hexdigest() == (
        "03e3713987c45be88d1e4cc49b66b2d8872d3fb2542709a2ce43f0f711ac95da"
    )


@pytest.mark.skipif(
    unicodedata.unidata_version != "14.0.0", reason="the tables are those of Unicode 14.0"
)
def test_the_tables_are_those_of_the_locked_unicode() -> None:
    def touched(character: str) -> bool:
        return (
            character.casefold() != character
            or unicodedata.combining(character) != 0
            or unicodedata.normalize("NFKD", character) != character
            or character in composing
        )

    every = [chr(code) for code in range(0x110000)]
    composing = {part for one in every for part in unicodedata.normalize("NFD", one) if part != one}
    composing |= {one for one in every if unicodedata.normalize("NFD", one) != one}
    foldable = set("".join(FOLDABLE_RUN.findall("".join(every))))
    assert {one for one in every if touched(one)} <= foldable
    assert {one for one in foldable if unicodedata.category(one) == "Cn"} == set()
    # Python also takes four separators among the controls for blanks.
    blanks = {one for one in every if one.isspace() and not "\x1c" <= one <= "\x1f"}
    unseen = [one for one in every if trimmed(one) == ""]
    assert blanks == {one for one in unseen if folded(f"a{one}b") == "a b"}
    selectors = {one for one in every if "VARIATION SELECTOR" in unicodedata.name(one, "")}
    marks = {one for one in every if unicodedata.category(one) in ("Cc", "Cf")}
    assert {one for one in unseen if folded(f"a{one}b") == "ab"} == (marks | selectors) - blanks


def test_blanks_and_invisible_marks_are_trimmed_at_both_ends_only() -> None:
    assert trimmed("\ufeff \u200b\u2019Tis  a\u200bb\u200b\n") == "\u2019Tis  a\u200bb"
    assert trimmed(" \u00ad\u200d ") == ""

"""Texts are marked where the graph says that they match."""

from itertools import pairwise

from service.pages.search.view import Piece, pieces


def test_pieces_are_cut_by_utf_16_code_units() -> None:
    text = "😀 tea & tea"
    found = pieces(text, [{"start": 3, "end": 6}, {"start": 9, "end": 12}])
    assert found == [
        Piece("😀 ", False),
        Piece("tea", True),
        Piece(" & ", False),
        Piece("tea", True),
    ]
    assert "".join(one.text for one in found) == text
    assert not any(a.is_match and b.is_match for a, b in pairwise(found))
    assert pieces("tea", []) == [Piece("tea", False)]

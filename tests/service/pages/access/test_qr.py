"""QR codes, drawn as one path."""

import re

import pytest
import segno

from service.pages.access.qr import QUIET, qr_code

LINK = "https://howcanwe.example.org/sign-in#invitation=k7qf-0000-1111-2222-3333-4444-55"


def modules(path: str) -> set[tuple[int, int]]:
    """Return the dark modules that a path draws, as a renderer fills them."""
    dark = set()
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path):
        assert width == back
        dark |= {(int(x) + step, int(y)) for step in range(int(width))}
    return dark


@pytest.mark.parametrize("text", ["a", LINK, LINK * 5])
def test_the_path_draws_the_dark_modules_and_nothing_else(text: str) -> None:
    drawn = qr_code(text)
    matrix = segno.make_qr(text, error="m", boost_error=False).matrix
    assert modules(drawn.path) == {
        (x, y) for y, row in enumerate(matrix, QUIET) for x, dark in enumerate(row, QUIET) if dark
    }
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", drawn.path)


def test_a_margin_is_left_on_all_sides() -> None:
    drawn = qr_code(LINK)
    places = {place for module in modules(drawn.path) for place in module}
    assert (min(places), max(places)) == (QUIET, drawn.size - QUIET - 1)

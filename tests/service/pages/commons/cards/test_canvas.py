"""Pictures: valid PNGs with the pixels that were drawn."""

import zlib
from struct import unpack

from service.pages.commons.cards.canvas import Canvas, Colour

WHITE: Colour = (255, 255, 255)
RED: Colour = (200, 0, 0)


def pixels(png: bytes) -> list[list[Colour]]:
    """Return the pixels of a PNG of 8-bit RGB without filters, by row."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, found = 8, {}
    while at < len(png):
        length, kind = unpack(">I4s", png[at : at + 8])
        content = png[at + 8 : at + 8 + length]
        [check] = unpack(">I", png[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(kind + content)
        found[kind] = content
        at += 12 + length
    assert list(found) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *how = unpack(">IIBBBBB", found[b"IHDR"])
    assert how == [8, 2, 0, 0, 0]
    lines = zlib.decompress(found[b"IDAT"])
    size = 1 + 3 * width
    assert len(lines) == height * size
    rows = [lines[start : start + size] for start in range(0, len(lines), size)]
    assert {row[0] for row in rows} == {0}
    return [[(row[x], row[x + 1], row[x + 2]) for x in range(1, size, 3)] for row in rows]


def test_a_bar_covers_its_pixels_and_no_others() -> None:
    canvas = Canvas(8, 6, WHITE)
    canvas.bar(2, 1, 5, 4, 0, RED)
    found = pixels(canvas.png())
    covered = {(x, y) for y, row in enumerate(found) for x, one in enumerate(row) if one == RED}
    assert covered == {(x, y) for x in (2, 3, 4) for y in (1, 2, 3)}
    assert sum(one == WHITE for row in found for one in row) == 8 * 6 - 9


def test_an_edge_between_pixels_is_mixed() -> None:
    canvas = Canvas(3, 1, WHITE)
    canvas.bar(0.5, 0, 2, 1, 0, RED)
    [row] = pixels(canvas.png())
    assert row == [(228, 128, 128), RED, WHITE]


def test_a_disc_is_round_and_a_ring_is_hollow() -> None:
    canvas = Canvas(41, 41, WHITE)
    canvas.ring(20.5, 20.5, 20, 4, RED, WHITE)
    found = pixels(canvas.png())
    assert found[20][20] == WHITE
    assert found[20][2] == found[2][20] == found[38][20] == found[20][38] == RED
    assert found[0][0] == found[40][40] == WHITE
    assert found == [row[::-1] for row in found] == found[::-1]


def test_what_reaches_the_right_edge_stays_inside() -> None:
    canvas = Canvas(4, 2, WHITE)
    canvas.bar(0, 0, 4, 2, 0, RED)
    assert pixels(canvas.png()) == [[RED] * 4] * 2

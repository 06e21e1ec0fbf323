"""A canvas of pixels on which bars and discs are drawn with smooth edges, and its PNG."""

import zlib
from math import sqrt
from struct import pack
from typing import Final

Colour = tuple[int, int, int]

_SUBROWS: Final = 4
"""How many lines of a row of pixels are measured for its edges."""
_TRUECOLOUR: Final = 2


class Canvas:
    """A picture of one colour at first. Shapes drawn later cover earlier ones; all must be inside it."""

    def __init__(self, width: int, height: int, paper: Colour) -> None:
        self.width = width
        self.height = height
        self._rows = [bytearray(bytes(paper) * width) for _ in range(height)]

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Draw a disc around a point."""
        self.bar(x - radius, y - radius, x + radius, y + radius, radius, colour)

    def ring(
        self, x: float, y: float, radius: float, edge: float, line: Colour, fill: Colour
    ) -> None:
        """Draw a disc with an edge of another colour."""
        self.disc(x, y, radius, line)
        self.disc(x, y, radius - edge, fill)

    def bar(
        self, left: float, top: float, right: float, bottom: float, radius: float, colour: Colour
    ) -> None:
        """Draw a rectangle whose corners are rounded with a radius."""
        for row in range(int(top), min(self.height, int(bottom) + 1)):
            spans = []
            for line in range(_SUBROWS):
                y = row + (line + 0.5) / _SUBROWS
                if top <= y <= bottom:
                    # How far the line is inside the part with rounded corners.
                    rise = max(0.0, top + radius - y, y - (bottom - radius))
                    inset = radius - sqrt(max(0.0, radius * radius - rise * rise))
                    spans.append((left + inset, right - inset))
            if spans:
                self._fill(row, spans, colour)

    def png(self) -> bytes:
        """Return the picture as a PNG."""
        header = pack(">IIBBBBB", self.width, self.height, 8, _TRUECOLOUR, 0, 0, 0)
        # Each row begins with its filter: 0, none.
        pixels = zlib.compress(b"".join(b"\0" + row for row in self._rows), 9)
        chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)

    def _fill(self, row: int, spans: list[tuple[float, float]], colour: Colour) -> None:
        """Colour a row of pixels, each as far as the spans of its lines cover it."""
        first, last = int(min(left for left, _ in spans)), int(max(right for _, right in spans))
        whole_from, whole_to = last + 1, last + 1
        if len(spans) == _SUBROWS:
            whole_from = int(max(left for left, _ in spans)) + 1
            whole_to = max(whole_from, int(min(right for _, right in spans)))
            pixels = self._rows[row]
            pixels[3 * whole_from : 3 * whole_to] = bytes(colour) * (whole_to - whole_from)
        for x in (*range(first, whole_from), *range(whole_to, last + 1)):
            if 0 <= x < self.width:
                covered = sum(max(0.0, min(x + 1, right) - max(x, left)) for left, right in spans)
                self._mix(row, x, colour, covered / _SUBROWS)

    def _mix(self, row: int, x: int, colour: Colour, share: float) -> None:
        pixels = self._rows[row]
        for part, value in enumerate(colour):
            at = 3 * x + part
            pixels[at] = round(pixels[at] + (value - pixels[at]) * share)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))

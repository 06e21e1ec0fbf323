"""The card of a kind of thing: the lanes of a journey, of which its own is in colour. It has no text.

The text beside a card is in the page's `og:title` and `og:description`, in the reader's own fonts.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

from service.pages.commons.cards.canvas import Canvas, Colour

WIDTH: Final = 1200
HEIGHT: Final = 630

_PAPER: Final = (255, 255, 255)
_LINE: Final = (201, 208, 215)
_PALE: Final = (221, 226, 231)
_INK: Final = (26, 29, 33)
_BLUE: Final = (42, 90, 156)
_GREEN: Final = (31, 114, 64)
_RED: Final = (168, 50, 44)
_OCHRE: Final = (125, 92, 0)
_VIOLET: Final = (106, 63, 158)
_TEAL: Final = (15, 107, 115)

_MARGIN: Final = 90
_LANE: Final = 90
_HALF: Final = 26

Tone = Callable[[Colour], Colour]
Draw = Callable[[Canvas, float, Tone], None]


def _questions(canvas: Canvas, y: float, tone: Tone) -> None:
    for left, right in ((120, 520), (535, 840), (880, 1080)):
        canvas.bar(left, y - _HALF, right, y + _HALF, 10, tone(_BLUE))


def _trials(canvas: Canvas, y: float, tone: Tone) -> None:
    for left, right, colour in (
        (150, 270, _RED),
        (330, 450, _GREEN),
        (545, 690, _OCHRE),
        (740, 940, _GREEN),
    ):
        canvas.bar(left, y - _HALF, right, y + _HALF, 10, tone(colour))


def _failures(canvas: Canvas, y: float, tone: Tone) -> None:
    for x, colour in ((275, _RED), (700, _RED), (790, _OCHRE)):
        canvas.disc(x, y, _HALF, tone(colour))


def _learnings(canvas: Canvas, y: float, tone: Tone) -> None:
    for x in (330, 480, 720, 960):
        canvas.disc(x, y, _HALF, tone(_VIOLET))


def _travels(canvas: Canvas, y: float, tone: Tone) -> None:
    for x in (420, 560, 790, 1010, 1070):
        canvas.ring(x, y, _HALF, 6, tone(_TEAL), _PAPER)


_LANES: Final[tuple[tuple[frozenset[str], Draw], ...]] = (
    (frozenset({"question"}), _questions),
    (frozenset({"iteration", "session", "commitment"}), _trials),
    (frozenset({"failure"}), _failures),
    (frozenset({"learning", "publication"}), _learnings),
    (frozenset({"inspiration", "ask", "outcome", "pairing"}), _travels),
)
"""The lanes from the top, each with the kinds of things that it stands for."""
_WHOLE: Final = frozenset({"cohort", "organisation"})
"""Kinds that stand for the whole journey."""


@cache
def card(kind: str) -> bytes:
    """Return the card of a kind of subject, as a PNG."""
    canvas = Canvas(WIDTH, HEIGHT, _PAPER)
    canvas.bar(0, 0, WIDTH, 14, 0, _BLUE)
    for number, (kinds, draw) in enumerate(_LANES):
        y = _MARGIN + 45 + number * _LANE + (HEIGHT - 2 * _MARGIN - len(_LANES) * _LANE) / 2
        canvas.bar(_MARGIN, y - 1, WIDTH - _MARGIN, y + 1, 0, _LINE)
        is_own = kind in kinds or kind in _WHOLE
        draw(canvas, y, _same if is_own else _pale)
        if kind in kinds:
            canvas.bar(_MARGIN - 24, y - _HALF, _MARGIN - 14, y + _HALF, 5, _INK)
    return canvas.png()


def _same(colour: Colour) -> Colour:
    return colour


def _pale(colour: Colour) -> Colour:
    return _PALE

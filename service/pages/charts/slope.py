"""Where each organisation stood on a scale of named steps at two points in time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from service.pages.charts.geometry import number, text_width
from service.pages.charts.matrix import Heading

LEVEL: Final = 30
"""The height of a step."""

LINE: Final = 96
"""The width between the two points in time."""

_PAD: Final = 12

Direction = Literal["up", "same", "down"]


@dataclass(frozen=True)
class Change:
    """The number of the step before and after, from 0, the lowest; `sentence` says the same, `when` the two times."""

    heading: Heading
    before: int
    after: int
    sentence: str
    when: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Line:
    """The heights of both ends."""

    change: Change
    direction: Direction
    y_before: float
    y_after: float


@dataclass(frozen=True)
class Slope:
    """What the template draws: a small drawing for each organisation, all on the same scale."""

    steps: tuple[tuple[float, str], ...]
    """The steps from the lowest, with their heights."""
    x_before: float
    x_after: float
    width: float
    height: float
    lines: tuple[Line, ...]


def slope(steps: Sequence[str], changes: Iterable[Change]) -> Slope:
    """Return a line for each change. Raises ValueError for a step that is not on the scale."""
    names = max((text_width(step, 13.5) for step in steps), default=0)
    x_before = number(min(names, 160) + _PAD)
    return Slope(
        steps=tuple((_y(index, len(steps)), step) for index, step in enumerate(steps)),
        x_before=x_before,
        x_after=number(x_before + LINE),
        width=number(x_before + LINE + _PAD),
        height=number(LEVEL * len(steps)),
        lines=tuple(_line(change, len(steps)) for change in changes),
    )


def _line(change: Change, steps: int) -> Line:
    if not (0 <= change.before < steps and 0 <= change.after < steps):
        raise ValueError(
            f"The scale has the steps 0 to {steps - 1}: {change.before}, {change.after}."
        )
    direction: Direction = (
        "up" if change.after > change.before else "down" if change.after < change.before else "same"
    )
    return Line(change, direction, _y(change.before, steps), _y(change.after, steps))


def _y(step: int, steps: int) -> float:
    return number(LEVEL * (steps - 1 - step) + LEVEL / 2)

"""Points on a scale of named steps, joined by a line: how far two views of the same thing are apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from service.pages.charts.geometry import Mark
from service.pages.charts.matrix import Heading

Link = Literal["none", "from", "through", "to"]
"""The part of the line in a step: none, from its middle on, through it, or up to its middle."""


@dataclass(frozen=True)
class Points:
    """One thing, with each view of it: the number of its step, from 0, and the mark that stands for it."""

    heading: Heading
    points: Sequence[tuple[int, Mark]]
    note: str = ""


@dataclass(frozen=True)
class Step:
    """The marks on one step."""

    link: Link
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Row:
    """A thing with a cell for each step of the scale."""

    heading: Heading
    note: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Dumbbell:
    """What the template draws."""

    title: str
    steps: tuple[str, ...]
    rows: tuple[Row, ...]


def dumbbell(title: str, steps: Sequence[str], things: Iterable[Points]) -> Dumbbell:
    """Return a row for each thing. Raises ValueError for a point that is not on the scale."""
    return Dumbbell(title, tuple(steps), tuple(_row(thing, len(steps)) for thing in things))


def _row(thing: Points, number_of_steps: int) -> Row:
    taken = [step for step, _ in thing.points]
    if any(not 0 <= step < number_of_steps for step in taken):
        raise ValueError(f"The scale has the steps 0 to {number_of_steps - 1}: {taken}.")
    steps = (
        Step(_link(step, taken), tuple(mark for at, mark in thing.points if at == step))
        for step in range(number_of_steps)
    )
    return Row(thing.heading, thing.note, tuple(steps))


def _link(step: int, taken: Sequence[int]) -> Link:
    if not taken or not min(taken) <= step <= max(taken) or min(taken) == max(taken):
        return "none"
    return "from" if step == min(taken) else "to" if step == max(taken) else "through"

"""A journey: lanes over time with bars and marks, and arcs from what caused something to what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from service.pages.charts.geometry import Tone, lines_of, number, text_width
from service.pages.charts.timescale import MonthLabel, Timescale

NAMES_WIDTH: Final = 112
"""The width of the column with the lanes' names."""

HEAD: Final = 24
"""The height of the months' names, and of the line below the lanes with the name of the close."""

ROW: Final = 28
BAR: Final = 22
RADIUS: Final = 11
BAR_WIDTH_MIN: Final = 2 * RADIUS
GAP: Final = 4
"""The least distance of two entries in a row."""

PAD: Final = 6
"""From the edge of a bar to its title; from a lane's border to its first row."""

TITLE_WIDTH_MAX: Final = 260
"""A longer title is shown inside its bar or not at all."""

ROWS_MAX: Final = 4
"""Further rows of a lane have no titles beside the entries."""

SIGN_WIDTH: Final = 16
_NAME_LINE: Final = 15


@dataclass(frozen=True)
class Entry:
    """Something that happened, once or until `end`. `label` names it in full, `title` names it where there is room."""

    key: str
    label: str
    href: str
    begin: datetime
    end: datetime | None = None
    title: str = ""
    sign: str = ""
    """One character that says what the colour says."""
    tone: Tone = "plain"
    private: bool = False
    open: bool = False
    """Without an end so far."""
    ticks: tuple[datetime, ...] = ()
    causes: tuple[str, ...] = ()
    """The keys of the entries that led to it."""


@dataclass(frozen=True)
class Lane:
    """Entries of one kind, in any order."""

    name: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Title:
    """A title with the left edge of its text; `inside` a bar or beside the entry."""

    text: str
    x: float
    inside: bool


@dataclass(frozen=True)
class Placed:
    """An entry with its place. Of a mark, `x` and `width` are those of its circle."""

    entry: Entry
    x: float
    y: float
    width: float
    left: float
    """The edges of what it covers, its title included."""
    right: float
    title: Title | None = None
    ticks: tuple[float, ...] = ()
    arcs: tuple[int, ...] = ()
    """The numbers of the arcs that begin or end here."""

    @property
    def is_bar(self) -> bool:
        """Whether it has a duration."""
        return self.entry.end is not None or self.entry.open

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of a mark's circle."""
        return number(self.x + RADIUS), number(self.y + RADIUS)

    @property
    def right_edge(self) -> float:
        """The end of its bar."""
        return number(self.x + self.width)

    @property
    def baseline(self) -> float:
        """Where its letters stand."""
        return number(self.y + 15)

    @property
    def tick_path(self) -> str:
        """Short lines up from the lower edge of a bar."""
        return "".join(f"M{tick} {number(self.y + BAR)}v-7" for tick in self.ticks)


@dataclass(frozen=True)
class DrawnLane:
    """A lane with its name in lines, each with its height."""

    label: str
    name: tuple[tuple[float, str], ...]
    top: float
    height: float
    entries: tuple[Placed, ...]


@dataclass(frozen=True)
class Close:
    """The end of the cohort: a line, and its name if that has room."""

    x: float
    label: str
    anchor: str | None


@dataclass(frozen=True)
class Drawing:
    """What the template draws."""

    width: float
    height: float
    lanes: tuple[DrawnLane, ...]
    labels: tuple[tuple[float, str], ...]
    months: str
    """The path of the lines of months without a label, and of those with one."""
    labelled_months: str
    close: Close | None
    arcs: tuple[str, ...]


def drawn(
    lanes: Iterable[Lane], scale: Timescale, month: MonthLabel, close_label: str = ""
) -> Drawing:
    """Return the lanes one below the other, each as high as the rows that its entries need."""
    found: list[DrawnLane] = []
    top: float = HEAD
    for lane in lanes:
        found.append(_lane(lane, top, scale))
        top += found[-1].height
    arcs = _arcs(found)
    at: dict[str, tuple[int, ...]] = {}
    for index, (cause, effect, _) in enumerate(arcs):
        for key in (cause, effect):
            at[key] = (*at.get(key, ()), index)
    linked = tuple(
        replace(
            lane,
            entries=tuple(
                replace(placed, arcs=at.get(placed.entry.key, ())) for placed in lane.entries
            ),
        )
        for lane in found
    )
    ticks = scale.ticks(month)
    return Drawing(
        width=number(scale.width),
        height=number(top + HEAD),
        lanes=linked,
        labels=tuple((tick.x, tick.label) for tick in ticks if tick.label),
        months=_grid((tick.x for tick in ticks if not tick.label), top),
        labelled_months=_grid((tick.x for tick in ticks if tick.label), top),
        close=_close(scale, close_label),
        arcs=tuple(path for _, _, path in arcs),
    )


def _grid(places: Iterable[float], bottom: float) -> str:
    return "".join(f"M{x} {HEAD}V{number(bottom)}" for x in places)


def _close(scale: Timescale, label: str) -> Close | None:
    if scale.close is None or not scale.begin <= scale.close <= scale.end:
        return None
    x, width = scale.x(scale.close), text_width(label, 11) + PAD
    anchor = "start" if x + width <= scale.width else "end" if width <= x else None
    return Close(x, label, anchor)


def _lane(lane: Lane, top: float, scale: Timescale) -> DrawnLane:
    entries, rows = packed(lane.entries, scale)
    lines = lines_of(lane.name, NAMES_WIDTH - PAD)
    height = max(rows * ROW, len(lines) * _NAME_LINE) + PAD
    return DrawnLane(
        label=lane.name,
        name=tuple(
            (number(top + PAD + 13 + index * _NAME_LINE), line) for index, line in enumerate(lines)
        ),
        top=number(top),
        height=number(height),
        entries=tuple(
            replace(placed, y=number(top + PAD / 2 + 3 + placed.y * ROW)) for placed in entries
        ),
    )


def packed(entries: Iterable[Entry], scale: Timescale) -> tuple[list[Placed], int]:
    """Return the entries by time, with the row of each as `y`, and the number of rows.

    No two entries of a row overlap, their titles included. A title that fits in its bar stands there. Others stand
    beside the entry in the first row that has room for both; past `ROWS_MAX` rows, they are left out.
    """
    ends: list[float] = []
    placed = []
    for entry in sorted(entries, key=lambda entry: (entry.begin, entry.key)):
        bare = _bare(entry, scale)
        titled = _titled(bare, scale)
        row = _row(titled, ends)
        if row >= ROWS_MAX:
            titled = bare
            row = _row(titled, ends)
        if row == len(ends):
            ends.append(0)
        ends[row] = titled.right + GAP
        placed.append(replace(titled, y=row))
    return placed, max(len(ends), 1)


def _row(placed: Placed, ends: list[float]) -> int:
    return next((row for row, end in enumerate(ends) if end <= placed.left), len(ends))


def _bare(entry: Entry, scale: Timescale) -> Placed:
    x = scale.x(entry.begin)
    if entry.end is None and not entry.open:
        x = min(max(x - RADIUS, 0), scale.width - 2 * RADIUS)
        return Placed(entry, number(x), 0, 2 * RADIUS, number(x), number(x + 2 * RADIUS))
    end = scale.x(scale.end if entry.end is None else entry.end)
    width = max(end - x, BAR_WIDTH_MIN)
    x = min(x, scale.width - width)
    ticks = tuple(
        min(max(scale.x(tick), number(x + 2)), number(x + width - 2)) for tick in entry.ticks
    )
    return Placed(entry, number(x), 0, number(width), number(x), number(x + width), ticks=ticks)


def _titled(bare: Placed, scale: Timescale) -> Placed:
    """Return the entry with its title inside, to the right, or to the left at the end of the scale."""
    text = bare.entry.title
    width = text_width(text)
    sign = SIGN_WIDTH if bare.entry.sign else 0
    if not text:
        return bare
    if bare.is_bar and sign + width + 2 * PAD <= bare.width:
        return replace(bare, title=Title(text, number(bare.x + PAD + sign), inside=True))
    if width > TITLE_WIDTH_MAX:
        return bare
    if bare.right + GAP + width <= scale.width:
        x = number(bare.right + GAP)
        return replace(bare, title=Title(text, x, inside=False), right=number(x + width))
    x = number(bare.left - GAP - width)
    return replace(bare, title=Title(text, x, inside=False), left=x) if x >= 0 else bare


def _arcs(lanes: Iterable[DrawnLane]) -> list[tuple[str, str, str]]:
    """Return cause, effect and path of each arc between entries that are shown."""
    entries = [placed for lane in lanes for placed in lane.entries]
    by_key = {placed.entry.key: placed for placed in entries}
    return [
        (cause, effect.entry.key, _arc(by_key[cause], effect))
        for effect in entries
        for cause in dict.fromkeys(effect.entry.causes)
        if cause in by_key and cause != effect.entry.key
    ]


def _arc(cause: Placed, effect: Placed) -> str:
    end_x = effect.x + RADIUS
    begin_x = min(max(cause.x + RADIUS, end_x), cause.x + cause.width - RADIUS)
    down = effect.y > cause.y
    begin_y = cause.y + (BAR if down else 0)
    end_y = effect.y + (0 if down or effect.y == cause.y else BAR)
    if effect.y == cause.y:
        bent_begin = bent_end = cause.y - ROW
    else:
        bent_begin = bent_end = (begin_y + end_y) / 2
    head = "m-3-5 3 5 3-5" if end_y == effect.y else "m-3 5 3-5 3 5"
    points = [(begin_x, bent_begin), (end_x, bent_end), (end_x, end_y)]
    curve = " ".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{number(begin_x)} {number(begin_y)}C{curve}{head}"

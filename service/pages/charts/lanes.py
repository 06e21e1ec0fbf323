"""A journey: lanes over time with bars and marks, and arcs from what caused something to what came of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

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

TITLE_WIDTH_MAX: Final = 440
"""A longer title is shown inside its bar or not at all."""

ROWS_MAX: Final = 6
"""Further rows of a lane have no titles beside the entries, and no bars with several lines."""

LINES_WIDTH_MIN: Final = 160
"""The least width of a bar with a title in several lines."""

LINES_MAX: Final = 3
"""The lines of a title in a bar that is as high as two rows."""

_LINE: Final = 15


@dataclass(frozen=True)
class Entry:
    """Something that happened, once or until `end`. `label` names it in full, `title` names it where there is room."""

    key: str
    label: str
    href: str
    begin: datetime
    end: datetime | None = None
    title: str = ""
    lang: str = ""
    """The language of the title, if it is known."""
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
    """A title beside its entry, with the place, from the entry's own, where it starts or, to the left, ends."""

    text: str
    x: float
    side: Literal["right", "left"]


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
    letters: str = ""
    """What stands in the bar or the circle: the sign, and the title if it fits."""
    further: tuple[tuple[float, str], ...] = ()
    """Further lines of the letters, each with its place below the first. The bar is as high as two rows then."""
    title: Title | None = None
    ticks: tuple[float, ...] = ()
    """The places of the ticks, from the begin of the bar."""
    arcs_in: tuple[tuple[int, str], ...] = ()
    """The numbers and the paths of the arcs that end here, and the numbers of those that begin here."""
    arcs_out: tuple[int, ...] = ()

    @property
    def is_bar(self) -> bool:
        """Whether it has a duration."""
        return self.entry.end is not None or self.entry.open

    @property
    def rows(self) -> int:
        """How many rows it takes."""
        return 2 if self.further else 1

    @property
    def height(self) -> float:
        """The height of the bar."""
        return BAR + (self.rows - 1) * ROW

    @property
    def is_named(self) -> bool:
        """Whether the letters that are shown name it as its label does."""
        return self.entry.label == self.entry.title and (
            self.title is not None or self.letters != self.entry.sign
        )

    @property
    def tick_path(self) -> str:
        """Short lines up from the lower edge of the bar."""
        return "".join(f"M{tick} {BAR}v-5" for tick in self.ticks)


@dataclass(frozen=True)
class DrawnLane:
    """A lane with its name in lines, each with its height."""

    label: str
    name: tuple[tuple[float, str], ...]
    top: float
    height: float
    entries: tuple[Placed, ...]

    @property
    def tone(self) -> Tone | None:
        """The tone of all its entries, None if they have several."""
        tones = {placed.entry.tone for placed in self.entries}
        return tones.pop() if len(tones) == 1 else None


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


def drawn(
    lanes: Iterable[Lane], scale: Timescale, month: MonthLabel, close_label: str = ""
) -> Drawing:
    """Return the lanes one below the other, each as high as the rows that its entries need."""
    found: list[DrawnLane] = []
    top: float = HEAD
    for lane in lanes:
        found.append(_lane(lane, top, scale))
        top += found[-1].height
    ticks = scale.ticks(month)
    return Drawing(
        width=number(scale.width),
        height=number(top + HEAD),
        lanes=_with_arcs(found),
        labels=tuple((tick.x, tick.label) for tick in ticks if tick.label),
        months=_grid((tick.x for tick in ticks if not tick.label), top),
        labelled_months=_grid((tick.x for tick in ticks if tick.label), top),
        close=_close(scale, close_label),
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
    entries, rows = packed(lane.entries, scale, lambda row: number(top + PAD / 2 + 3 + row * ROW))
    lines = lines_of(lane.name, NAMES_WIDTH - PAD)
    height = max(rows * ROW, len(lines) * _LINE + PAD) + PAD
    return DrawnLane(
        label=lane.name,
        name=tuple(
            (number(top + PAD + 13 + index * _LINE), line) for index, line in enumerate(lines)
        ),
        top=number(top),
        height=number(height),
        entries=tuple(entries),
    )


def packed(
    entries: Iterable[Entry], scale: Timescale, y: Callable[[int], float] = float
) -> tuple[list[Placed], int]:
    """Return the entries by time, each with the `y` of its row, and the number of rows.

    No two entries of a row overlap, their titles included. A title that fits in its bar stands there. Others stand
    beside the entry in the first row that has room for both; past `ROWS_MAX` rows, they are left out.
    """
    ends: list[float] = []
    placed = []
    for entry in sorted(entries, key=lambda entry: (entry.begin, entry.key)):
        bare = _bare(entry, scale)
        titled = _titled(bare, scale)
        row = _row(titled, ends)
        if row + titled.rows > ROWS_MAX:
            titled = bare
            row = _row(titled, ends)
        ends += [0] * (row + titled.rows - len(ends))
        ends[row : row + titled.rows] = [titled.right + GAP] * titled.rows
        placed.append(replace(titled, y=y(row)))
    return placed, max(len(ends), 1)


def _row(placed: Placed, ends: list[float]) -> int:
    """Return the first row from which on the entry has room."""
    if not placed.further:
        return next((row for row, end in enumerate(ends) if end <= placed.left), len(ends))
    return next(
        row
        for row in range(len(ends) + 1)
        if all(end <= placed.left for end in ends[row : row + placed.rows])
    )


def _bare(entry: Entry, scale: Timescale) -> Placed:
    x = scale.x(entry.begin)
    end = scale.x(entry.end or scale.end) if entry.end or entry.open else x
    width = max(end - x, BAR_WIDTH_MIN)
    # A mark stands in the middle of its instant, a bar begins there.
    x = number(min(max(x if entry.end or entry.open else x - RADIUS, 0), scale.width - width))
    ticks = tuple(number(min(max(scale.x(tick) - x, 2), width - 2)) for tick in entry.ticks)
    return Placed(entry, x, 0, number(width), x, number(x + width), entry.sign, ticks=ticks)


def _titled(bare: Placed, scale: Timescale) -> Placed:
    """Return the entry with its title inside, to the right, or to the left at the end of the scale."""
    text = bare.entry.title
    if not text:
        return bare
    letters = f"{bare.entry.sign} {text}".lstrip()
    if bare.is_bar and text_width(letters) + 2 * PAD <= bare.width:
        return replace(bare, letters=letters)
    if bare.is_bar and bare.width >= LINES_WIDTH_MIN and not bare.ticks:
        room = bare.width - 2 * PAD
        lines = lines_of(letters, room)
        # A word may be longer than the bar.
        if len(lines) <= LINES_MAX and all(text_width(line) <= room for line in lines):
            further = tuple((_LINE * number, line) for number, line in enumerate(lines) if number)
            return replace(bare, letters=lines[0], further=further)
    width = GAP + text_width(text)
    if width > TITLE_WIDTH_MAX:
        return bare
    if bare.right + width <= scale.width:
        title = Title(text, number(bare.width + GAP), "right")
        return replace(bare, title=title, right=number(bare.right + width))
    left = number(bare.left - width)
    return replace(bare, title=Title(text, -GAP, "left"), left=left) if left >= 0 else bare


def _with_arcs(lanes: Iterable[DrawnLane]) -> tuple[DrawnLane, ...]:
    """Return the lanes with an arc for each cause and effect that both are shown."""
    lanes = tuple(lanes)
    shown = {placed.entry.key: placed for lane in lanes for placed in lane.entries}
    arcs_in: dict[str, list[tuple[int, str]]] = {key: [] for key in shown}
    arcs_out: dict[str, list[int]] = {key: [] for key in shown}
    pairs = (
        (shown[cause], effect)
        for effect in shown.values()
        for cause in dict.fromkeys(effect.entry.causes)
        if cause in shown and cause != effect.entry.key
    )
    for index, (cause, effect) in enumerate(pairs):
        arcs_in[effect.entry.key].append((index, _arc(cause, effect)))
        arcs_out[cause.entry.key].append(index)

    def joined(placed: Placed) -> Placed:
        ends, begins = arcs_in[placed.entry.key], arcs_out[placed.entry.key]
        if not ends and not begins:
            return placed
        return replace(placed, arcs_in=tuple(ends), arcs_out=tuple(begins))

    return tuple(replace(lane, entries=tuple(map(joined, lane.entries))) for lane in lanes)


def _arc(cause: Placed, effect: Placed) -> str:
    end_x = effect.x + RADIUS
    begin_x = min(max(cause.x + RADIUS, end_x), cause.x + cause.width - RADIUS)
    upwards = effect.y < cause.y
    begin_y = cause.y + (cause.height if effect.y > cause.y else 0)
    end_y = effect.y + (effect.height if upwards else 0)
    bend = cause.y - ROW if effect.y == cause.y else (begin_y + end_y) / 2
    head = "m-3 5 3-5 3 5" if upwards else "m-3-5 3 5 3-5"
    return f"M{begin_x:.0f} {begin_y:.0f}C{begin_x:.0f} {bend:.0f} {end_x:.0f} {bend:.0f} {end_x:.0f} {end_y:.0f}{head}"

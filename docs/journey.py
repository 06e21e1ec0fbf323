"""The picture of a journey: one organisation of the sample cohort, month by month.

`python -m docs.journey` draws it again into `docs/journey.svg`, which the README and the first page show.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from docs import sample
from events.state.streams_from_lines import recorded_in
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import Visibility
from projections.folding.step import linked
from projections.in_memory.rows import Tables, fold
from projections.models.cohorts import Cohorts, Organisations
from projections.models.iterations import Iterations
from projections.models.learnings import Failures, Learnings
from projections.models.questions import Framings, Questions

PICTURE: Final = Path(__file__).parent / "journey.svg"
ORGANISATION: Final = "mill-museum"
COHORT: Final = "heritage-2024"

WIDTH: Final = 960
MARGIN: Final = 20
HEAD: Final = 78
ROW: Final = 23
LANE_HEAD: Final = 30
FOOT: Final = 44
CHARACTER: Final = 6.9
"""How wide a character is at most on average, in the widest of the usual fonts."""

STYLE: Final = """
    .back{fill:#fff} .month{fill:#f6f8fa} .line{stroke:#d0d7de} .text{fill:#1f2328} .quiet{fill:#59636e}
    .supported{fill:#1a7f37} .refuted{fill:#bc4c00} .inconclusive{fill:#7d5a00} .unfinished{fill:#59636e}
    .failure{stroke:#cf222e;stroke-width:2.5;fill:none} .learning{fill:#0969da}
    .reworded{stroke:#8250df;stroke-width:2;fill:none}
    @media (prefers-color-scheme:dark){
      .back{fill:#0d1117} .month{fill:#161b22} .line{stroke:#30363d} .text{fill:#e6edf3} .quiet{fill:#9198a1}
      .supported{fill:#3fb950} .refuted{fill:#f0883e} .inconclusive{fill:#d29922} .unfinished{fill:#9198a1}
      .failure{stroke:#f85149} .learning{fill:#58a6ff} .reworded{stroke:#bc8cff}
    }
"""

TEXT_MAX: Final = 108
"""Most characters of a text that is shown."""

_SENTENCE_END: Final = re.compile(r"[.?!](?=\s|$)")


@dataclass(frozen=True)
class Mark:
    """Something that happened, on a row of its own: an iteration from `begin` to `end`, anything else at `begin`."""

    kind: str
    begin: datetime
    end: datetime
    text: str


@dataclass(frozen=True)
class Lane:
    """A question and what was done about it, in order of time."""

    question: str
    marks: Sequence[Mark]


class Months:
    """The columns: a month each, from the first to the last that something happened in."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self._first = first.year * 12 + first.month - 1
        self.count = last.year * 12 + last.month - self._first
        self.width = (WIDTH - 2 * MARGIN) / self.count

    def x(self, at: datetime) -> float:
        """Return where a moment is, from the left."""
        days = monthrange(at.year, at.month)[1]
        month = at.year * 12 + at.month - 1 - self._first + (at.day - 1) / days
        return MARGIN + month * self.width

    def __iter__(self) -> Iterator[datetime]:
        for month in range(self._first, self._first + self.count):
            yield datetime(month // 12, month % 12 + 1, 1)


def recorded() -> Tables:
    """Return the read models of the sample cohort that the picture shows."""
    shown = [
        *(Cohorts(), Organisations(), Questions(), Framings()),
        *(Iterations(), Failures(), Learnings()),
    ]
    return fold(linked(recorded_in(sample.lines()), VOCABULARY), shown)


def lanes(tables: Tables) -> list[Lane]:
    """Return the organisation's questions with their iterations, failures and learnings, without what is private."""

    def own(table: str) -> list[Mapping[str, Any]]:
        return [
            row
            for row in tables[table]
            if row["organisation"] == ORGANISATION and row["level"] != Visibility.PRIVATE
        ]

    iterations = {row["key"]: row for row in own("iterations") if row["started_at"] is not None}
    failures = {row["key"]: row for row in own("failures") if row["iteration"] in iterations}
    marks: dict[str, list[Mark]] = {row["key"]: [] for row in own("questions")}
    asked = dict.fromkeys(marks, "")
    for row in sorted(tables["framings"], key=lambda row: row["position"]):
        if asked.get(row["question"]):
            marks[row["question"]].append(_at("reworded", row, row["text"]))
        elif row["question"] in marks:
            asked[row["question"]] = row["text"]
    for row in iterations.values():
        end = row["concluded_at"] or row["started_at"]
        result = row["result"] or "unfinished"
        marks[row["question"]].append(Mark(result, row["started_at"], end, row["title"]))
    for row in failures.values():
        marks[iterations[row["iteration"]]["question"]].append(_at("failure", row, row["actual"]))
    for row in own("learnings"):
        sources = [source.partition("/") for source in row["sources"]]
        of = [failures[key]["iteration"] for kind, _, key in sources if key in failures]
        of += [key for _, _, key in sources if key in iterations]
        if of:
            marks[iterations[of[0]]["question"]].append(_at("learning", row, row["statement"]))
    return [
        Lane(asked[key], sorted(found, key=lambda mark: mark.begin))
        for key, found in marks.items()
        if found
    ]


def _at(kind: str, row: Mapping[str, Any], text: str) -> Mark:
    """Return a mark of something that happened at one moment."""
    return Mark(kind, row["occurred_at"], row["occurred_at"], text)


def _shortened(text: str, room: int) -> str:
    """Return as many whole sentences as there is room for, or a part of the first one."""
    whole = [end.end() for end in _SENTENCE_END.finditer(text) if end.end() <= room]
    if len(text) <= room or whole:
        return text if len(text) <= room else text[: whole[-1]]
    return f"{text[: room - 1].rpartition(' ')[0]}…"


def drawn() -> str:
    """Return the picture as SVG."""
    tables = recorded()
    [name] = [row["name"] for row in tables["organisations"] if row["key"] == ORGANISATION]
    [closed] = [row["closed_at"] for row in tables["cohorts"] if row["key"] == COHORT]
    found = lanes(tables)
    times = [time for lane in found for mark in lane.marks for time in (mark.begin, mark.end)]
    months = Months(min(times), max(times))
    height = HEAD + sum(LANE_HEAD + ROW * len(lane.marks) for lane in found) + FOOT
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            'aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="12">',
            f'  <title id="t">The journey of {escape(name, quote=False)}</title>',
            f'  <desc id="d">{escape(_described(found), quote=False)}</desc>',
            f"  <style>{STYLE}  </style>",
            f'  <rect class="back" width="{WIDTH}" height="{height}" rx="8"/>',
            _text(MARGIN, 26, f"{name}: what it asked, tried, failed at and learned", size=15),
            *_columns(months, height - FOOT + 8),
            *_closing(months.x(closed), height - FOOT + 8),
            *_lanes(found, months),
            *_legend(height - 15),
            "</svg>\n",
        ]
    )


def _described(found: Sequence[Lane]) -> str:
    """Return the picture in words."""
    sentences = [
        sentence
        for lane in found
        for sentence in (
            lane.question,
            *(f"{mark.begin:%B %Y}, {_label(mark)}" for mark in lane.marks),
        )
    ]
    return " ".join(
        sentence if sentence.endswith((".", "?", "!", "…")) else f"{sentence}."
        for sentence in sentences
    )


def _label(mark: Mark) -> str:
    """Return a mark in words."""
    kind = mark.kind.replace("_", " ")
    text = _shortened(mark.text, TEXT_MAX)
    return f"{text} ({kind})" if _is_iteration(mark) else f"{kind}: {text}"


def _is_iteration(mark: Mark) -> bool:
    return mark.kind not in ("failure", "learning", "reworded")


def _columns(months: Months, bottom: float) -> Iterator[str]:
    for n, month in enumerate(months):
        x = months.x(month)
        if n % 2 == 0:
            yield (
                f'  <rect class="month" x="{x:.1f}" y="40" width="{months.width:.1f}" '
                f'height="{bottom - 40:.0f}"/>'
            )
        yield _text(x + 6, 70, f"{month:%b}", "quiet")
        if n == 0 or month.month == 1:
            yield _text(x + 6, 55, f"{month:%Y}", "text")


def _closing(x: float, bottom: float) -> Iterator[str]:
    yield f'  <path class="line" stroke-dasharray="4 4" stroke-width="1.5" d="M{x:.1f} 44V{bottom}"/>'
    yield _text(x + 6, 55, "the cohort closes", "quiet")


def _lanes(found: Sequence[Lane], months: Months) -> Iterator[str]:
    y = float(HEAD)
    for lane in found:
        yield f'  <path class="line" d="M{MARGIN} {y:.0f}H{WIDTH - MARGIN}"/>'
        yield _text(MARGIN + 6, y + 20, lane.question, size=13)
        y += LANE_HEAD
        for mark in lane.marks:
            yield from _mark(mark, months, y + ROW / 2)
            y += ROW


def _mark(mark: Mark, months: Months, y: float) -> Iterator[str]:
    begin, end = months.x(mark.begin), months.x(mark.end)
    if _is_iteration(mark):
        end = max(end, begin + 6)
        yield (
            f'  <rect class="{_colour(mark.kind)}" x="{begin:.1f}" y="{y - 6:.1f}" '
            f'width="{end - begin:.1f}" height="12" rx="3"/>'
        )
    else:
        yield _sign(mark.kind, begin, y)
        begin, end = begin - 6, begin + 6
    right, left = WIDTH - MARGIN - end - 12, begin - MARGIN - 12
    result = f" · {mark.kind.replace('_', ' ')}" if _is_iteration(mark) else ""
    on_the_right = right >= left or CHARACTER * len(mark.text + result) <= right
    room = int((right if on_the_right else left) / CHARACTER) - len(result)
    shown = escape(_shortened(mark.text, min(room, TEXT_MAX)), quote=False)
    if result:
        shown += f'<tspan class="{_colour(mark.kind)}" font-weight="600">{result}</tspan>'
    x, anchor = (end + 8, "start") if on_the_right else (begin - 8, "end")
    yield f'  <text class="text" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">{shown}</text>'


def _colour(result: str) -> str:
    """Return the class that an iteration with this result is drawn in."""
    return result if result in ("supported", "refuted", "inconclusive") else "unfinished"


def _sign(kind: str, x: float, y: float) -> str:
    if kind == "failure":
        return f'  <path class="failure" d="M{x - 5:.1f} {y - 5:.1f}l10 10m0-10l-10 10"/>'
    if kind == "learning":
        return f'  <circle class="learning" cx="{x:.1f}" cy="{y:.1f}" r="5.5"/>'
    return f'  <path class="reworded" d="M{x:.1f} {y - 6:.1f}l6 6-6 6-6-6z"/>'


def _legend(y: float) -> Iterator[str]:
    x = MARGIN + 6.0
    for kind, text in (
        ("supported", "an iteration, with its result"),
        ("failure", "a failure"),
        ("learning", "a learning"),
        ("reworded", "the question, reworded"),
    ):
        if kind == "supported":
            yield f'  <rect class="{kind}" x="{x:.1f}" y="{y - 10:.1f}" width="24" height="12" rx="3"/>'
            x += 18
        else:
            yield _sign(kind, x + 6, y - 4)
        yield _text(x + 18, y, text, "quiet")
        x += 18 + CHARACTER * len(text) + 24


def _text(x: float, y: float, text: str, kind: str = "text", size: int = 12) -> str:
    weight = f' font-size="{size}" font-weight="600"' if size != 12 else ""
    return (
        f'  <text class="{kind}" x="{x:.1f}" y="{y:.1f}"{weight}>{escape(text, quote=False)}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn())

"""The chart of a journey: its lanes on a scale of time, of which the months of the cohort get most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from service.pages.charts.lanes import Drawing, Entry, drawn
from service.pages.charts.timescale import Timescale
from service.pages.frame import terms
from service.pages.frame.language import Language
from service.pages.organisation.lanes import SIGNS, SIGNS_OF_COMMITMENTS, Lanes, moment

WIDTH: Final = 1040
"""The width of the drawing beside the names of the lanes, in CSS pixels."""


@dataclass(frozen=True)
class Chart:
    """The drawing, the days between which it shows time, what the signs in it mean, and how to read the rest of it."""

    drawing: Drawing
    begin: datetime
    end: datetime
    signs: Sequence[tuple[str, str]]
    notes: Sequence[str]


def chart(
    journey: Mapping[str, Any],
    own: str,
    language: Language,
    until: datetime | None,
    is_brief: bool = False,
) -> Chart | None:
    """Return the chart of the journey of the organisation `own`, None if there is nothing to draw.

    Time is shown to the last entry, and to `until`, if it is given, while a cohort is open. In brief, marks have the
    names that are drawn, and not all of their words.
    """
    lanes = [lane for lane in Lanes(journey, own, language, is_brief).all() if lane.entries]
    entries = [entry for lane in lanes for entry in lane.entries]
    if not entries:
        return None
    cohorts = [one["cohort"] for one in journey["memberships"]["nodes"] if one["cohort"]]
    closes = [one["closedAt"] for one in cohorts]
    last = max(entry.end or entry.begin for entry in entries)
    begin = min(entry.begin for entry in entries)
    end = max(last, until) if until is not None and None in closes else last
    close = max(map(moment, closes)) if closes and None not in closes else None
    # From the first of a month, so that the name of the next one has room.
    scale = Timescale(
        begin.replace(day=1, hour=0, minute=0, second=0, microsecond=0), end, WIDTH, close
    )
    title = next(
        (one["title"] for one in cohorts if close and moment(one["closedAt"]) == close), ""
    )
    closing = language.gettext("%(cohort)s closes") % {"cohort": title}

    def month(instant: datetime, has_year: bool) -> str:
        return f"{language.month(instant)} {instant.year}" if has_year else language.month(instant)

    drawing = drawn(lanes, scale, month, closing)
    notes = _notes(drawing, scale, language)
    return Chart(drawing, begin, end, _signs(entries, language), notes)


def _notes(drawing: Drawing, scale: Timescale, language: Language) -> list[str]:
    placed = [one for lane in drawing.lanes for one in lane.entries]
    notes = {
        language.gettext(
            "A month is wider until the close than after it, as most happened then."
        ): scale.bend is not None,
        language.gettext("Ticks on a pairing are meetings."): any(one.ticks for one in placed),
        language.gettext("What is private has a dashed border."): any(
            one.entry.private for one in placed
        ),
        language.gettext(
            "Point at a mark, or tap it, to see what led to it and what came of it."
        ): any(one.arcs_in for one in placed),
    }
    return [note for note, is_needed in notes.items() if is_needed]


def _signs(entries: Sequence[Entry], language: Language) -> list[tuple[str, str]]:
    gettext = language.gettext
    meanings = {sign: gettext(terms.title("Result", name)) for name, (sign, _) in SIGNS.items()}
    meanings |= {
        "↻": gettext("reworded"),
        "!": gettext("failure"),
        "±": gettext("success for some"),
        "1": gettext("single loop"),
        "2": gettext("double loop"),
        "3": gettext("triple loop"),
    }
    settled = {
        sign: f"{gettext('Commitment')}: {gettext(terms.title('CommitmentOutcome', name))}"
        for name, sign in SIGNS_OF_COMMITMENTS.items()
    }
    promised = {entry.sign for entry in entries if entry.key.startswith("commitment-")}
    others = {entry.sign for entry in entries if not entry.key.startswith("commitment-")}
    return [
        *((sign, meaning) for sign, meaning in meanings.items() if sign in others),
        *((sign, meaning) for sign, meaning in settled.items() if sign in promised),
    ]

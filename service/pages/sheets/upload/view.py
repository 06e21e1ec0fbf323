"""What the pages of an upload show: the form, what would be recorded row by row, and what was recorded."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from events.vocabulary.event import Event
from events.vocabulary.stream import key_of, kind_of
from events.vocabulary.types.event_type import Mark
from service.pages.frame.addresses import of_stream
from service.pages.frame.page import Answer
from service.pages.record.offers import Offer, offer
from service.pages.sheets.columns import Layout
from service.pages.sheets.files.table import FAULTS_SHOWN_MAX, SheetFault
from service.pages.sheets.layouts import COMMON
from service.pages.sheets.upload.files import zones
from service.pages.sheets.upload.judged import Judged, Status, Wrong

_NAMING: Final = ("title", "name", "text", "statement", "actual", "description", "summary")
_TITLES: Final[Mapping[Status, str]] = {
    Status.NEW: "New",
    Status.REPEATED: "Recorded before",
    Status.CHANGED: "Changed since it was recorded",
    Status.REFUSED: "Cannot be recorded",
}
_WITHOUT_PAGE: Final = ("person",)


@dataclass(frozen=True)
class Upload:
    """The form for a file. `note` is an English message, with `detail`; `faults` are those of the file."""

    token: str | None
    cohorts: Sequence[Mapping[str, Any]]
    type: str = ""
    zone: str = ""
    note: str | None = None
    detail: str = ""
    faults: Sequence[SheetFault] = ()

    @property
    def shown(self) -> Sequence[SheetFault]:
        """The first of the faults."""
        return self.faults[:FAULTS_SHOWN_MAX]

    @property
    def layouts(self) -> Sequence[Layout]:
        """What the rows of a CSV file may be."""
        return COMMON

    @property
    def zones(self) -> Sequence[str]:
        """The time zones that can be chosen."""
        return zones()


@dataclass(frozen=True)
class CheckedRow:
    """A row, the words that it is known by, and what would become of its events."""

    number: int | None
    words: str
    judged: Sequence[Judged]

    @property
    def outcomes(self) -> Sequence[tuple[str, Sequence[Offer]]]:
        """What becomes of which events, in English."""
        statuses = dict.fromkeys(one.status for one in self.judged)
        return [
            (_TITLES[status], [one.offer for one in self.judged if one.status is status])
            for status in statuses
        ]

    @property
    def wrong(self) -> Sequence[Wrong]:
        """What is wrong with its events, each thing once; not what only follows from that."""
        found = list(dict.fromkeys(wrong for one in self.judged for wrong in one.wrong))
        return [one for one in found if not one.follows] or found

    @property
    def advice(self) -> Sequence[str]:
        """The advice about its events."""
        return list(dict.fromkeys(one for judged in self.judged for one in judged.advice))


@dataclass(frozen=True)
class Checked:
    """What recording a file would do. `sealed` are the events that would be recorded; None if there are none.

    `note` is an English message, `upload` the id of the file with the ids and keys of its rows, if it lacks some.
    """

    sheets: Sequence[tuple[str | None, Sequence[CheckedRow]]]
    counts: Mapping[Status, int]
    notes: Sequence[str]
    token: str | None
    sealed: str | None
    note: str | None = None
    upload: str | None = None
    titles: Mapping[Status, str] = field(default_factory=lambda: _TITLES)

    @property
    def new(self) -> int:
        """How many events would be recorded."""
        return self.counts[Status.NEW]

    @property
    def left_out(self) -> int:
        """How many events would not be recorded although they are new or changed."""
        return self.counts[Status.CHANGED] + self.counts[Status.REFUSED]


def checked(
    judged: Sequence[Judged],
    notes: Sequence[str],
    token: str | None,
    sealed: str | None,
    note: str | None = None,
    upload: str | None = None,
) -> Checked:
    """Return what the page shows, in the order of the sheets and rows."""
    order = list(dict.fromkeys(one.event.place.sheet for one in judged))
    rows = sorted(
        judged, key=lambda one: (order.index(one.event.place.sheet), one.event.place.row or 0)
    )
    sheets = [
        (sheet, [_row(list(of_row)) for _, of_row in groupby(of, lambda one: one.event.place)])
        for sheet, of in groupby(rows, lambda one: one.event.place.sheet)
    ]
    counts = Counter(one.status for one in judged)
    by_status = {status: counts[status] for status in Status}
    return Checked(sheets, by_status, notes, token, sealed, note, upload or None)


def _row(judged: Sequence[Judged]) -> CheckedRow:
    named = (_words(one.kind.personal, one.event.content["data"]) for one in judged)
    return CheckedRow(judged[0].event.place.row, next(filter(None, named), ""), judged)


def _words(personal: Iterable[str], data: Mapping[str, Any]) -> str:
    """Return the words that an event is known by; none of a person."""
    return "" if personal else next((str(data[one]) for one in _NAMING if data.get(one)), "")


@dataclass(frozen=True)
class RecordedEvent:
    """An event that was recorded: what it is, its words, the address of its page, and the key of what it created."""

    offer: Offer
    words: str
    address: str | None
    key: str | None


@dataclass(frozen=True)
class Recorded:
    """What was recorded, in order, and the id of the file with its ids and keys, if that can be downloaded."""

    events: Sequence[RecordedEvent]
    upload: str | None


def recorded(events: Iterable[Event], upload: str | None) -> Recorded:
    """Return what the page shows of what was recorded."""
    return Recorded([_recorded(event) for event in events], upload)


def _recorded(event: Event) -> RecordedEvent:
    stream = event.subject
    has_page = stream is not None and kind_of(stream) not in _WITHOUT_PAGE
    is_created = event.kind.mark is Mark.CREATES and stream is not None
    return RecordedEvent(
        offer(event.kind),
        _words(event.kind.personal, event.content["data"]),
        of_stream(stream) if has_page else None,
        key_of(stream) if stream is not None and is_created else None,
    )


def cohorts_of(answer: Answer) -> Sequence[Mapping[str, Any]]:
    """Return the cohorts for which a template is offered: the visitor's, or those that are open."""
    own = (answer.get("viewer") or {"cohorts": None})["cohorts"]
    found: Sequence[Mapping[str, Any]] = answer["open"]["nodes"] if own is None else own
    return found


def messages() -> tuple[str, ...]:
    """Return the words of this module, for the catalogues."""
    return tuple(_TITLES.values())

"""An event that a row of a sheet stands for, and what is wrong with it in the words of the sheet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from events.recording.difference import DIFFERS
from events.vocabulary.catalogue import VOCABULARY, EventKind, JsonObject, Mention
from events.vocabulary.data_faults import MISSING
from events.vocabulary.faults import Fault
from events.vocabulary.words.envelope import ATTRIBUTES as WORDS
from service.pages.sheets.columns import fields_of
from service.pages.sheets.files.table import Place, SheetFault

CONFLICT: Final = "event.conflict"
DEPENDENT: Final = "batch.dependent"
ALONE: Final = frozenset({"field", "json", CONFLICT})
"""The rules that look at an event alone, and not at what earlier events did."""
_UNKNOWN: Final = "subject.unknown"
_DIFFERENCE: Final = re.compile(
    rf"{re.escape(DIFFERS)}(/[^\s,;]+(?:, /[^\s,;]+)*)(.* at position (\d+))?"
)
"""What a conflict says of where an event differs from the one that is recorded, and of where that is."""


@dataclass(frozen=True, slots=True)
class SheetEvent:
    """An event that a row stands for, with the place of the row, and the columns of the parts of its data."""

    place: Place
    content: JsonObject
    columns: Mapping[str, int]
    """The columns by the JSON pointers of what they contain."""
    made: Mapping[int, str] = field(default_factory=dict)
    """The id and keys that were made for the row, by the columns for them, which are empty."""
    added: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """The titles of those of these columns that the file does not have yet, by their row and column."""
    titles: Mapping[int, str] = field(default_factory=dict)
    """What the first row calls the columns."""
    later: Mapping[str, str] = field(default_factory=dict)
    """Sentences about what it names that a later event of the file creates, by JSON pointers."""
    since: str = ""
    """What the first row calls the column that makes the row become the event; "" if every row does."""
    is_sound: bool = True
    """Whether the form of the row is right. If not, the event lacks what cannot be read, and is never recorded."""

    def place_of(self, pointer: str) -> Place:
        """Return the place of a part of the event: the cell of its column, or its row if it has none."""
        column = pointed(self.columns, pointer)
        return self.place.at(column, None if column is None else self.titles.get(column))


def pointed(columns: Mapping[str, int], pointer: str) -> int | None:
    """Return the column of a part of an event, or of what contains it; None if there is none."""
    while pointer and pointer not in columns:
        pointer = pointer.rpartition("/")[0]
    return columns.get(pointer)


def kind_of_event(event: SheetEvent) -> EventKind:
    """Return the type of the event."""
    found = VOCABULARY.find(event.content["type"])
    if found is None:
        raise ValueError(event.content["type"])
    return found[0]


def detail_of(event: SheetEvent, fault: Fault) -> str:
    """Return what is wrong with an event, as its sheet says it: columns by their titles, not by JSON pointers."""
    if fault.rule == CONFLICT and (found := _DIFFERENCE.search(fault.detail)) is not None:
        called = dict.fromkeys(_called(event, pointer) for pointer in found[1].split(", "))
        where = f" It is at position {found[3]} of the record." if found[3] else ""
        return f"This was recorded before with something else in {', '.join(called)}.{where}"
    detail = fault.detail
    if fault.rule == _UNKNOWN and fault.pointer in event.later:
        detail = f"{detail} {event.later[fault.pointer]}"
    if fault.detail == MISSING and event.since:
        detail = f"This is needed, since '{event.since}' is filled in."
    if event.place_of(fault.pointer).column is None and fault.pointer.startswith("/"):
        return f"{_called(event, fault.pointer)}: {detail}"
    return detail


def _called(event: SheetEvent, pointer: str) -> str:
    """Return what the sheet calls a part of an event, or forms, if the sheet has no column for it."""
    if (title := event.place_of(pointer).title) is not None:
        return f"'{title}'"
    first, *rest = pointer.strip("/").split("/")
    if first != "data":
        return f"'{WORDS[first].title}'" if first in WORDS else pointer
    fields = fields_of(kind_of_event(event))
    named = next((fields[name] for name in (".".join(rest), *rest[:1]) if name in fields), None)
    return pointer if named is None else f"'{named.title}'"


def certain(
    events: Sequence[SheetEvent], faults: Iterable[Fault], *, has_unread: bool
) -> Sequence[SheetFault]:
    """Return what the record finds wrong with the events of a file of which some rows cannot be read.

    What those rows may be the cause of is left out, such as that a trial is unknown which one of them may plan.
    `has_unread` says that nothing is known of some row.
    """
    unsound = [event for event in events if not event.is_sound]
    created = {kind for event in unsound for kind in kind_of_event(event).creates}
    changed = {mentions[0].stream for event in unsound if (mentions := _mentions(event))}
    found: dict[SheetFault, None] = {}
    for fault in faults:
        event = events[fault.index or 0]
        mentions = _mentions(event)
        if fault.rule == _UNKNOWN:
            kinds = {one.kind for one in mentions if one.pointer == fault.pointer}
            is_certain = not has_unread and kinds.isdisjoint(created)
        elif not event.is_sound or fault.rule == DEPENDENT:
            is_certain = False
        else:
            is_certain = fault.rule in ALONE or (
                not has_unread and changed.isdisjoint(one.stream for one in mentions)
            )
        if is_certain:
            place = event.place_of(fault.pointer)
            found[SheetFault(place, detail_of(event, fault), fault.rule)] = None
    return list(found)


def _mentions(event: SheetEvent) -> Sequence[Mention]:
    return kind_of_event(event).mentions(event.content["data"])

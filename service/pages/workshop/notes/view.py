"""What the page for typing shows: a line, what can be chosen in it, and what was recorded in this sitting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from events.access.policy import Role
from events.access.principal import Principal
from events.vocabulary.types.record import EventVoided
from service.graphql.values.terms import EntryType
from service.pages.frame.page import Answer
from service.pages.live.wall.view import Wall
from service.pages.parts.day import SITTING_HOURS, instant
from service.pages.record.done.view import ADVICE, UNDO_MINUTES
from service.pages.record.faults import Message
from service.pages.record.reading import OPENED, SOURCE, Given, one
from service.pages.workshop.hosting.view import may_host
from service.pages.workshop.notes.lines import KIND, WHO, WORDS, Kind, kinds_of, time_of_lines
from service.pages.workshop.presence import Thing, others, present

_TITLES: Final = {WHO: "Organisation", WORDS: "In a few words"}
_SOURCES: Final = ("failures", "iterations", "questions", "learnings", "inspirations")
"""What a learning can come from, in the order in which it is offered."""
_UNDONE: Final = EntryType(EventVoided.name).name


@dataclass(frozen=True)
class Typed:
    """A line as it was typed. `id` and `opened` are those of its event."""

    given: Given
    messages: Sequence[Message] = ()
    note: str | None = None
    undone: tuple[int, tuple[str, str]] | None = None
    """What could not be undone, by its position, with the reason."""


@dataclass(frozen=True)
class Entry:
    """Something that the visitor recorded: when, what in a sentence, and the subject that it is about."""

    position: int
    recorded: str
    summary: str
    subject: Thing | None
    can_undo: bool
    is_undone: bool


@dataclass(frozen=True)
class Notes:
    """A session of a cohort with a line to be typed.

    `came` attended the session, `others` may say something, too; `own` is the visitor's organisation, for which alone
    it types. `sources` are what a learning can come from, kind by kind. `held` is the time of the session if lines have
    it, None if they have the present time. `is_new` says that the session was recorded just now.
    """

    cohort: Thing
    session: Thing
    own: Thing | None
    came: Sequence[Thing]
    others: Sequence[Thing]
    kinds: Sequence[Kind]
    sources: Sequence[tuple[str, Sequence[Thing]]]
    held: str | None
    typed: Typed
    token: str | None
    sitting: Sequence[Entry]
    wall: Wall | None
    is_new: bool
    advice: Sequence[str] = field(default=())

    def value(self, name: str) -> str:
        """Return what is in a field of the line."""
        return one(self.typed.given, name)

    def values(self, name: str) -> Sequence[str]:
        """Return all that is chosen in a field of the line."""
        return self.typed.given.get(name, ())

    def wrong(self, name: str) -> Sequence[Message]:
        """Return what is wrong with a field of the line."""
        return [message for message in self.typed.messages if message.field == name]

    def title_of(self, name: str) -> str:
        """Return what a field of the line is called, in English."""
        asked = {field.name: field.title for kind in self.kinds for field in kind.beside}
        return {**asked, **_TITLES}[name]

    @property
    def focus(self) -> str:
        """The field where the visitor continues: the first with something wrong, else the words."""
        return next((one.field for one in self.typed.messages if one.field), WORDS)


def who_types(answer: Answer, viewer: Principal) -> tuple[Thing | None, bool]:
    """Return the organisation for which alone the visitor types, and whether the visitor may type at all."""
    cohort, session = answer["cohort"], answer["session"]
    if cohort is None or session is None or (session["cohort"] or {}).get("key") != cohort["key"]:
        return None, False
    if may_host(viewer, cohort["key"]):
        return None, True
    if viewer.role is Role.GUEST and cohort["key"] not in viewer.cohorts:
        return None, False
    if viewer.role not in (Role.ORGANISATION, Role.GUEST):
        return None, False
    ever = [*cohort["hosts"], *(one["organisation"] for one in cohort["memberships"]["nodes"])]
    own = next((one for one in ever if one and one["key"] == viewer.organisation), None)
    return own, own is not None


def notes(
    answer: Answer,
    viewer: Principal,
    own: Thing | None,
    typed: Typed,
    token: str | None,
    now: datetime,
    wall: Wall | None,
    query: Mapping[str, str],
) -> Notes:
    """Return what the page shows."""
    cohort, session = answer["cohort"], answer["session"]
    held = time_of_lines(session, _opened(typed.given, now))
    came = session["attended"]
    keys = {one["key"] for one in came}
    at = held or now
    rest = [*present(cohort, at), *(one for one in others(cohort, at) if one in cohort["hosts"])]
    advice = query.get("advice", "").split(",")
    return Notes(
        cohort=cohort,
        session=session,
        own=own,
        came=came,
        others=[one for one in rest if one["key"] not in keys],
        kinds=kinds_at(answer, viewer.role, at),
        sources=[(name, nodes) for name in _SOURCES if (nodes := cohort[name]["nodes"])],
        held=None if held is None else session["time"],
        typed=typed,
        token=token,
        sitting=sitting(cohort["timeline"]["nodes"], viewer, now),
        wall=wall,
        is_new=query.get("after") == str(session["position"]),
        advice=[ADVICE[one] for one in advice if one in ADVICE],
    )


def kinds_at(answer: Answer, role: Role, at: datetime) -> Sequence[Kind]:
    """Return the kinds that a role may record of the cohort at a time."""
    closed = answer["cohort"]["closedAt"]
    return kinds_of(role, is_closed=closed is not None and instant(closed) < at)


def chosen(query: Mapping[str, str], kinds: Sequence[Kind], own: Thing | None) -> Given:
    """Return what a new line contains: the kind and the organisation of the line before, as the address has them."""
    names = [kind.name for kind in kinds]
    kind = query.get(KIND, "")
    who = own["key"] if own is not None else query.get(WHO, "")
    return {KIND: [kind if kind in names else names[0]], WHO: [who]}


def sitting(nodes: Sequence[Thing], viewer: Principal, now: datetime) -> Sequence[Entry]:
    """Return what the visitor recorded in this sitting, of the entries of a timeline: the last recorded first."""
    own = f"service/{viewer.id}"
    found = []
    for node in reversed(nodes):
        passed = now - instant(node["recordedTime"])
        is_own = node["actor"] == own and (node["event"] or {}).get("source") == SOURCE
        if not is_own or passed > timedelta(hours=SITTING_HOURS) or node["type"] == _UNDONE:
            continue
        is_undone = node["voidedBy"] is not None
        can_undo = not is_undone and passed < timedelta(minutes=UNDO_MINUTES)
        entry = (node["recordedTime"], node["summary"], node["subject"])
        found.append(Entry(node["position"], *entry, can_undo, is_undone))
    return found


def _opened(given: Given, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(one(given, OPENED)).astimezone(UTC)
    except (ValueError, OverflowError):
        return now


def kind_named(kinds: Sequence[Kind], name: str) -> Kind:
    """Return the kind with this name; the first if there is none."""
    return next((kind for kind in kinds if kind.name == name), kinds[0])

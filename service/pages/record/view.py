"""What the page with a form shows: its fields, with what was typed in them and what is wrong with that."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from events.access.policy import Role
from events.access.principal import Principal
from events.vocabulary.terms import TimePrecision
from events.vocabulary.types.event_type import Mark
from events.vocabulary.types.results import JourneyCheckedIn
from events.vocabulary.words import LISTS
from events.vocabulary.words.wording import TermWords
from service.pages.frame.addresses import with_query
from service.pages.frame.page import Answer
from service.pages.record.amending import widening
from service.pages.record.amending.about import About
from service.pages.record.amending.beyond import Beyond, beyond
from service.pages.record.amending.corrections import BEFORE
from service.pages.record.amending.replacement import REPLACED
from service.pages.record.amending.widening import Correctable
from service.pages.record.choices import Choices
from service.pages.record.faults import Message
from service.pages.record.form import Field, Form, Widget
from service.pages.record.levels import Level, Levels, levels_of
from service.pages.record.next_steps.missing import Missing, missing
from service.pages.record.offers import Offer, offer
from service.pages.record.reading import (
    EXACTLY,
    OPENING,
    PRECISION,
    TIME,
    VISIBILITY,
    Given,
    is_now,
    one,
)
from service.pages.record.similar import Similar, can_look
from service.pages.record.typing.opening import Opening, offered, shown, usual

OFFSETS: Final = tuple(
    f"{'-' if quarters < 0 else '+'}{abs(quarters) // 4:02}:{abs(quarters) % 4 * 15:02}"
    for quarters in sorted({*range(-48, 57, 4), -38, -14, 14, 18, 22, 23, 26, 35, 38, 42, 51})
)
"""The differences to UTC that are in use somewhere."""

_TITLES: Final = {
    TIME: "When it happened",
    PRECISION: "How exactly is that known?",
    VISIBILITY: "Who may see it",
}
_TEXTS: Final = (
    Widget.LINE,
    Widget.LINES,
    Widget.QUESTION,
    Widget.EACH,
    Widget.ADDRESS,
    Widget.EMAIL,
)


@dataclass(frozen=True)
class FormPage:
    """A form, with what was typed in it and what is wrong with that.

    `fixed` has the names of what is not asked, because the visitor has no choice. `evaluators` are those who evaluate
    the cohorts of the visitor, and `role` is the visitor's. `note` is an English message about all of it. `is_new` says
    that nothing was sent yet. `about` is the event that the form corrects or voids, if it is known. `now` has what
    stands in fields that others corrected meanwhile. `asks_about` are corrected events that more people would see; None
    if nothing is asked about that. `query` is what the form's address says, and `language` the page's.
    """

    form: Form
    given: Given
    choices: Mapping[str, Choices]
    fixed: Mapping[str, str]
    messages: Sequence[Message]
    evaluators: Sequence[str]
    token: str | None
    role: Role
    note: str | None = None
    similar: Similar | None = None
    is_new: bool = False
    about: About | None = None
    now: Mapping[str, str] = field(default_factory=dict)
    asks_about: Sequence[Correctable] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"

    @property
    def settled(self) -> Sequence[Field]:
        """The fields that need no answer: the address fills them in, or their only choice is chosen. They are folded.

        With them are those that are fixed. A position says nothing to people. The event itself is shown instead.
        """
        named = [
            one
            for one in self.form.fields
            if one.name in prefilled(self.form, self.query) and one.widget is not Widget.EVENT
        ]
        alone = [one for one in self.form.fields if self._has_its_only_choice(one)]
        return [
            one
            for one in self.form.fields
            if one in named or one in alone or ((named or alone) and one.name in self.fixed)
        ]

    def _has_its_only_choice(self, one: Field) -> bool:
        found = self.choices.get(one.name) if one.widget is Widget.SUBJECT else None
        if found is None or found.has_more or one.name in self.fixed:
            return False
        return [option.value for option in found.options] == [self.value(one.name)]

    @property
    def is_unusual(self) -> bool:
        """Whether time and visibility are shown at once, because they are not what they nearly always are."""
        return (
            self.is_wrong(TIME, PRECISION, VISIBILITY)
            or not is_now(self.given)
            or self.value(PRECISION) != EXACTLY
            or self.level.value != self.levels.usual
        )

    @property
    def action(self) -> str:
        """The address that the form is sent to. It says the same as the form's own."""
        kept = {*prefilled(self.form, self.query), "language"}
        return with_query(
            f"/record/{self.form.kind.name}",
            {name: value for name, value in self.query.items() if name in kept},
        )

    def named(self, one: Field) -> str:
        """Return what is in a field as a person reads it: the names of what is chosen."""
        if one.name in self.fixed:
            return self.fixed[one.name]
        options = self.choices[one.name].options if one.name in self.choices else ()
        names = {option.value: option.name for option in options}
        return ", ".join(names.get(value, value) for value in self.values(one.name))

    @property
    def offer(self) -> Offer:
        """What the type is called, and when to use it."""
        return offer(self.form.kind)

    @property
    def can_look(self) -> bool:
        """Whether something similar can be looked for."""
        return can_look(self.form)

    @property
    def has_long_lists(self) -> bool:
        """Whether there are more subjects to choose than are listed."""
        return any(one.has_more for one in self.choices.values())

    @property
    def levels(self) -> Levels:
        """Who may see what is recorded."""
        return levels_of(self.form.kind, self.role)

    @property
    def level(self) -> Level:
        """The chosen level, or the usual one; without a title where there is no choice."""
        by_value = {level.value: level for level in self.levels.choices}
        usual = by_value.get(self.levels.usual, Level(self.levels.usual, "", ""))
        return by_value.get(self.value(VISIBILITY), usual)

    @property
    def precisions(self) -> Sequence[TermWords]:
        """How exactly a time can be known, from most to least exactly."""
        return LISTS[TimePrecision.__name__].terms[::-1]

    @property
    def offsets(self) -> Sequence[str]:
        """The differences to UTC that can be chosen."""
        return OFFSETS

    @property
    def hidden(self) -> Mapping[str, str]:
        """What the form sends along with what somebody fills in."""
        kept = {name: self.value(name) for name in (BEFORE, REPLACED) if self.value(name)}
        asked = {widening.ASKED: widening.asked(self.form, self.given)}
        return kept | (asked if self.asks_about is not None else {})

    @property
    def beyond(self) -> Beyond | None:
        """What a correction cannot change of its event; None for other forms."""
        is_correction = self.form.kind.mark is Mark.CORRECTS
        if not is_correction or self.about is None:
            return None
        return beyond(self.form, self.about, self.role)

    def missing(self, one: Field) -> Missing | None:
        """Return what is shown for a field in which nothing can be chosen; None if something can, or can be found."""
        found = self.choices[one.name]
        return None if found.options or found.has_more else missing(self.form, one, self.role)

    def title_of(self, name: str) -> str:
        """Return what a field is called, in English."""
        titles = {one.name: one.title for one in self.form.walked()}
        return {**titles, **_TITLES}[name]

    def value(self, name: str) -> str:
        """Return what is in a field."""
        return one(self.given, name)

    @property
    def openings(self) -> Sequence[Opening]:
        """How a question can begin."""
        return offered()

    def question(self, name: str) -> tuple[str, str]:
        """Return the opening of a question and the rest of its text, as the form shows them."""
        text = one(self.given, name)
        chosen = one(self.given, f"{OPENING}{name}") if f"{OPENING}{name}" in self.given else None
        if text or chosen is not None:
            return shown(text, chosen)
        named = [one(self.given, "question"), one(self.given, "cohort")]
        options = [option for found in self.choices.values() for option in found.options]
        known = [option.language for value in named for option in options if option.value == value]
        return usual([one(self.given, "language"), *known, self.language]), ""

    def values(self, name: str) -> Sequence[str]:
        """Return all that is chosen in a field."""
        return self.given.get(name, ())

    def wrong(self, name: str) -> Sequence[Message]:
        """Return what is wrong with a field."""
        return [message for message in self.messages if message.field == name]

    def is_open(self, fields: Iterable[Field]) -> bool:
        """Return whether one of the fields has a value, or something is wrong with one."""
        names = [name for one in fields for name in (one.name, *(part.name for part in one.parts))]
        return any(one(self.given, name) for name in names) or self.is_wrong(*names)

    def is_wrong(self, *names: str) -> bool:
        """Return whether something is wrong with one of the fields."""
        return any(message.field in names for message in self.messages)


def prefilled(form: Form, query: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what an address puts into a form: what it is about, never words, which are the person's own."""
    return {
        field.name: [query[field.name]]
        for field in form.walked()
        if field.name in query and field.widget not in _TEXTS
    }


def preset(form: Form, given: Given, answer: Answer, viewer: Principal) -> dict[str, list[str]]:
    """Return what a form is preset with: the visitor's organisation, and the cohort if only one is open."""
    kind, found = form.kind, dict(given)
    if kind.organisation_field and viewer.organisation:
        found[kind.organisation_field] = [viewer.organisation]
    cohorts = answer["viewer"]["cohorts"]
    is_open = [
        one["key"]
        for one in (answer["open"]["nodes"] if cohorts is None else cohorts)
        if one.get("closedAt") is None
    ]
    field = kind.cohort_field
    # News after the close is about a cohort that is closed.
    if field and len(is_open) == 1 and kind.model is not JourneyCheckedIn:
        found.setdefault(field, is_open)
    return {name: list(values) for name, values in found.items()}


def fixed(form: Form, answer: Answer, viewer: Principal) -> dict[str, str]:
    """Return the fields that the visitor cannot choose, each with the name of what is in it."""
    field, own = form.kind.organisation_field, answer["viewer"]["organisation"]
    if viewer.organisation is None or field is None or own is None:
        return {}
    return {field: own["name"]}


def evaluators(answer: Answer) -> Sequence[str]:
    """Return the names of those who evaluate the visitor's cohorts, as far as the visitor may know them."""
    names = (name for one in answer["viewer"]["cohorts"] or () for name in one["evaluators"] or ())
    return list(dict.fromkeys(names))


def messages() -> Iterable[str]:
    """Return the words of this module, for the catalogues."""
    return _TITLES.values()

"""What is wrong with an event, as its form says it: beside the field that it is about, and in a summary on top."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from events.vocabulary.faults import Fault
from service.pages.record.form import Field, Form, Widget
from service.pages.record.reading import PRECISION, TIME, VISIBILITY, Given, one

_OF_SUBJECTS: Final[Mapping[str, Mapping[str, str]]] = {
    "event": {
        "conflict": (
            "This form was sent before with other words, and that was recorded. Open a new form for something else."
        ),
        "correctable": "This cannot be corrected, or not like this.",
    },
    "subject": {
        "exists": "Something has this key already. Open a new form, which makes another one.",
        "unknown": "You cannot choose this: it does not exist, or you are not allowed to see it.",
    },
    "sender": {
        "not_allowed": "Your key does not allow you to record this, or not for this organisation.",
    },
    "stream": {
        "version": "Somebody else changed this meanwhile. Look at it again before you record.",
    },
    "batch": {
        "dependent": "It builds on something that was not recorded.",
    },
    "question": {
        "how_can_we": (
            "A question begins with “How can we”, or the same in its language, says what is asked, and ends with a"
            " question mark."
        ),
        "closed": "This question is closed.",
        "unchanged": "These are the words that the question has already.",
    },
    "member": {
        "already": "This organisation is a member or a host of the cohort already.",
        "absent": "This organisation is not a member of the cohort now.",
        "required": "The organisation was not a member of the cohort at this time.",
    },
    "pairing": {
        "members": (
            "All organisations of a pairing are members of its cohort, and one of them reports its meetings."
        ),
        "ended": "The pairing had ended by then.",
    },
    "owner": {
        "mismatch": "It belongs to another organisation or another cohort.",
    },
    "iteration": {
        "started": "The trial has begun, so its plan stays as it is.",
        "not_started": "The trial has not begun. Record its beginning first.",
        "concluded": "The trial was concluded before.",
        "no_evidence": "Record an observation first: on the measure of the plan, if it names one.",
        "follows_open": "A trial follows only one that was concluded.",
    },
    "failure": {
        "not_intelligent": (
            "A failure is intelligent only if its trial was planned with a measure and with what counts as success."
        ),
        "deviance_private": (
            "A failure whose cause is deviance is private, or shared with paired organisations at most."
        ),
    },
    "origin": {
        "self": "This is for others than the organisation that it comes from.",
    },
    "publication": {
        "cites_private": "Everything that a publication cites is public.",
        "withdrawn": "The publication was withdrawn before.",
    },
    "cohort": {
        "closed": "The cohort had closed by then, and this is not recorded after a close.",
    },
    "commitment": {
        "settled": "The commitment was settled before.",
    },
    "time": {
        "future": "This time is in the future. Check the time, and the difference to UTC.",
    },
    "void": {
        "dependants": (
            "Something else builds on it by now, so it cannot be undone. It can still be corrected."
        ),
    },
    "person": {
        "forgotten": "This person is forgotten.",
    },
}

RULES: Final[Mapping[str, str]] = {
    f"{subject}.{name}": words
    for subject, rules in _OF_SUBJECTS.items()
    for name, words in rules.items()
}
"""What each rule asks for, by its id, in English, for people who fill in a form."""

_CLEAR: Final = ("question.how_can_we",)
"""The rules whose sentence says all that a person needs. Their own words are for programs."""

_EMPTY: Final = "Please fill this in."
_UNCHOSEN: Final = "Please choose what applies."
_OTHERWISE: Final = "This cannot be recorded like this."
_WIDGETS: Final[Mapping[Widget, str]] = {
    Widget.LINE: "This is not accepted: it has more than 10,000 characters, or is no such code.",
    Widget.LINES: "This is not accepted: it has more than 10,000 characters.",
    Widget.QUESTION: "This is not accepted: it has more than 10,000 characters.",
    Widget.EACH: (
        "There are too many lines, one of them is not accepted, or two of them say the same."
    ),
    Widget.NUMBER: "Please give a number within the limits.",
    Widget.DAY: "Please give a day that fits what else you say.",
    Widget.ADDRESS: "Please give an address that begins with http:// or https://.",
    Widget.EMAIL: "Please give an e-mail address.",
    Widget.YES_OR_NO: _UNCHOSEN,
    Widget.CHOICE: _UNCHOSEN,
    Widget.CHOICES: _UNCHOSEN,
    Widget.SUBJECT: _UNCHOSEN,
    Widget.SUBJECTS: "Please choose as many as the question asks for.",
    Widget.EVENT: "Please give the position of an earlier event.",
    Widget.PARTS: _EMPTY,
}
_CHOSEN: Final = (Widget.CHOICE, Widget.CHOICES, Widget.YES_OR_NO, Widget.SUBJECT, Widget.SUBJECTS)
_OF_TIME: Final = "Please give the day and the time of day."
_ABOUT_TIME: Final = {
    f"{subject}.{name}"
    for subject, name in (
        ("cohort", "closed"),
        ("member", "required"),
        ("pairing", "ended"),
        ("time", "future"),
    )
}
"""The rules that depend on the time. What they point at is made by the server, or cannot be chosen otherwise."""
_POINTERS: Final = {"time": TIME, "timeprecision": PRECISION, "visibility": VISIBILITY}


@dataclass(frozen=True)
class Message:
    """Something that is wrong. `field` names the field of the form, None if it is about all of it.

    `sentence` is an English message; `detail` says it exactly, in the words of the rule, which are English. It is empty
    where the sentence says enough, such as where something was left empty.
    """

    field: str | None
    sentence: str
    detail: str

    @property
    def is_missing(self) -> bool:
        """Whether nothing is wrong but that nothing was given."""
        return self.sentence in (_EMPTY, _UNCHOSEN)


def messages_for(form: Form, faults: Iterable[Fault], given: Given) -> Sequence[Message]:
    """Return what a form says of faults: first what is about all of it, then in the order of the fields."""
    known = {field.name: field for field in form.walked()}
    found = []
    for fault in faults:
        name = _name(fault.pointer, known) or (TIME if fault.rule in _ABOUT_TIME else None)
        is_left_empty = fault.rule == "field" and name is not None and not one(given, name)
        sentence = _sentence(fault, known.get(name or ""), name, given)
        is_clear = is_left_empty or fault.rule in _CLEAR
        found.append(Message(name, sentence, "" if is_clear else fault.detail))
    order = [None, *known, *_POINTERS.values()]
    return sorted(dict.fromkeys(found), key=lambda one: order.index(one.field))


def _name(pointer: str, known: Mapping[str, Field]) -> str | None:
    """Return the name of the field that a JSON pointer into the event is about, None if the form has none."""
    first, *rest = pointer.strip("/").split("/")
    if first != "data":
        return _POINTERS.get(first)
    for length in range(len(rest), 0, -1):
        if (name := ".".join(rest[:length])) in known:
            return name
    return None


def _sentence(fault: Fault, field: Field | None, name: str | None, given: Given) -> str:
    if fault.rule != "field":
        return RULES.get(fault.rule, _OTHERWISE)
    if name == TIME:
        return _OF_TIME
    if field is None:
        return _OTHERWISE
    if not one(given, field.name):
        return _UNCHOSEN if field.widget in _CHOSEN else _EMPTY
    return _WIDGETS[field.widget]


def messages() -> Iterable[str]:
    """Return all sentences, for the catalogues."""
    return (*RULES.values(), *_WIDGETS.values(), _OTHERWISE, _OF_TIME)

"""A cohort from its forming to a check-in after its close, as its people record it, and what the log has of it then."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.event import Event
from service.pages.record.form import Field, Widget, form_of
from service.pages.record.offers import TITLES
from tests.browser.recording.person import Answer

COHORT: Final = "The Harbour"
MARINA, QUAY, TUGS, LIGHTS = "Marina Trust", "Quay Museum", "Tug Owners", "Lights and Buoys"
QUESTION: Final = "How can we open the harbour to those who never come?"
TRIAL: Final = "Breakfast on the quay"
SESSION: Final = "What broke"
FAILURE: Final = "Three people came, and all of them work here."
LEARNING: Final = "Ask people where they already are."
ASK: Final = "Who can lend us forty chairs?"
PROMISE: Final = "We bring the chairs back by Friday."

LEVEL: Final = "Who may see it"
"""What the form calls the choice of who may see something."""

FACILITATOR, MEMBER, PEER, GUEST = "facilitator", "member", "peer", "guest"


class Step(NamedTuple):
    """What somebody records: the title of the form, and what they answer, by the titles of its fields."""

    who: str
    title: str
    says: Mapping[str, Answer]


def _organisation(name: str) -> tuple[Step, Step]:
    return (
        Step(
            FACILITATOR,
            "A new organisation",
            {"Name of the organisation": name, "Field of work": "Harbours"},
        ),
        Step(FACILITATOR, "An organisation joins", {"Organisation": name, "Cohort": COHORT}),
    )


FORMING: Final[tuple[Step, ...]] = (
    Step(
        FACILITATOR,
        "A new cohort",
        {
            "Name of the cohort": COHORT,
            "The shared question": "How can we make the harbour everybody's?",
            "Who facilitates it?": "Ada",
            "First day": "2026-02-03",
            "Planned length": "9",
        },
    ),
    *(step for name in (MARINA, QUAY, TUGS, LIGHTS) for step in _organisation(name)),
    Step(FACILITATOR, "A pairing", {"Cohort": COHORT, "Who is paired?": (MARINA, QUAY)}),
)
"""What is recorded before anybody else can sign in."""

JOURNEY: Final[tuple[Step, ...]] = (
    Step(
        MEMBER,
        "How you regard people",
        {"How do you regard people?": "Done for", "How far can people take part?": "Consult"},
    ),
    Step(MEMBER, "A question", {"Your question": QUESTION}),
    Step(
        MEMBER,
        "A plan",
        {
            "Question": QUESTION,
            "Name of the trial": TRIAL,
            "What you believe": "Who eats with us comes back.",
            "What you will do": "We set forty chairs on the quay\nand bring bread.",
            "What will you measure?": "Guests",
            "What counts as success?": "Twenty guests",
        },
    ),
    Step(MEMBER, "The beginning of a trial", {"Trial": TRIAL}),
    Step(GUEST, "A request for help", {"What you need": ASK}),
    Step(PEER, "Help for others", {"Request for help": ASK, "Your answer": "We have fifty."}),
    Step(
        MEMBER,
        "An observation",
        {
            "Trial": TRIAL,
            "What you observed": "We counted the plates.",
            "What did you measure?": "Guests",
            "Value": "3",
            "What kind of evidence is it?": "Action in real life",
        },
    ),
    Step(
        MEMBER,
        "A conclusion",
        {
            "Trial": TRIAL,
            "What did it show?": "Refuted",
            "What is next?": "Pivot",
            "How strong is the evidence?": "An account of why",
            "What came out": "Nobody new came.",
        },
    ),
    Step(
        MEMBER,
        "A failure",
        {
            "Trial": TRIAL,
            "What was intended": "Twenty guests.",
            "What happened": FAILURE,
            "Why it happened": "It was announced on our own board only.",
            "How did it turn out?": "Outright failure",
            "Who was it a failure for?": ("Staff", "Citizens"),
            LEVEL: "Public",
        },
    ),
    Step(
        MEMBER,
        "A learning",
        {
            "What you learned": LEARNING,
            "What does it change?": "Double loop",
            "How strong is the evidence?": "An account of why",
            "What did you learn it from?": (FAILURE,),
        },
    ),
    Step(MEMBER, "A meeting", {"How long it took": "45", "What came of it": "Two ideas."}),
    Step(
        PEER,
        "A learning taken up",
        {"Learning": LEARNING, "What you do differently": "We ask at the bakery."},
    ),
    Step(
        FACILITATOR,
        "A session",
        {
            "Cohort": COHORT,
            "What was it?": "Workshop",
            "Title": SESSION,
            "Which organisations came?": (MARINA, QUAY, TUGS, LIGHTS),
            "How many people came?": "23",
        },
    ),
    Step(
        MEMBER,
        "A commitment",
        {"Session": SESSION, "What you will do": PROMISE, "Due on": "2026-03-06"},
    ),
    Step(MEMBER, "A commitment settled", {"Commitment": PROMISE, "What became of it?": "Kept"}),
    Step(
        FACILITATOR,
        "A publication",
        {
            "Cohort": COHORT,
            "What is it?": "Failure report",
            "Title": "Three people came",
            "Licence": "CC-BY-4.0",
            "What does it rest on?": (FAILURE,),
        },
    ),
    Step(
        FACILITATOR,
        "The close of a cohort",
        {"Cohort": COHORT, "Looking back": "The harbour is open."},
    ),
    Step(
        MEMBER,
        "A check-in after the close",
        {
            "Cohort": COHORT,
            "Months since the close": "3",
            "How is the work doing?": "Growing",
            "In your own words": "Every Sunday now.",
        },
    ),
)
"""What is recorded from then on."""

ORGANISATIONS: Final = {MEMBER: MARINA, PEER: QUAY, GUEST: MARINA}
"""For which organisation somebody records."""


def kind_of_step(step: Step) -> EventKind:
    """Return the type that a step records."""
    [model] = [model for model, title in TITLES.items() if title == step.title]
    return VOCABULARY.of(model)


NAMING: Final = ("title", "name", "actual", "statement", "text")
"""The fields by which something is called where it is chosen later."""


class Meant:
    """What a step means: the data that its event must have. `keys` are those that were made so far, by their names."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def check(self, step: Step, event: Event) -> None:
        """Check that an event is what a step says, and note the keys that it makes."""
        kind = kind_of_step(step)
        assert event.kind is kind, (step.title, event.kind.name)
        data = event.content["data"]
        made = {one.field for one in kind.references if one.creates}
        expected = self._presets(step, kind) | self._said(step, kind)
        found = {name: data[name] for name in data if name not in made}
        # What is ticked has the order of the form.
        assert _sorted(found) == _sorted(expected), (step.title, found, expected)
        if LEVEL in step.says:
            assert event.content["visibility"] == str(step.says[LEVEL]).lower()
        for name in made:
            called = next((data[field] for field in NAMING if field in data), name)
            self.keys[called] = f"{name}/{data[name]}"

    def _presets(self, step: Step, kind: EventKind) -> dict[str, Any]:
        """Return what the form fills in by itself."""
        fields = {field.name: field for field in form_of(kind).fields}
        found: dict[str, Any] = {}
        own = ORGANISATIONS.get(step.who)
        if own and kind.organisation_field in fields:
            found[str(kind.organisation_field)] = self._key(own, ("organisation",))
        if own and "cohort" in fields:
            found["cohort"] = self._key(COHORT, ("cohort",))
        if "pairing" in fields:
            found["pairing"] = self.keys["pairing"].partition("/")[2]
        if "language" in fields and any(one.widget is Widget.QUESTION for one in fields.values()):
            # That of the opening.
            found["language"] = "en"
        return found

    def _said(self, step: Step, kind: EventKind) -> dict[str, Any]:
        fields = {field.title: field for field in form_of(kind).fields}
        return {
            fields[label].name: self._value(fields[label], answer)
            for label, answer in step.says.items()
            if label in fields
        }

    def _value(self, field: Field, answer: Answer) -> Any:
        if field.widget in (Widget.CHOICES, Widget.SUBJECTS):
            assert not isinstance(answer, str)
            return [self._one(field, one) for one in answer]
        assert isinstance(answer, str)
        return self._one(field, answer)

    def _one(self, field: Field, answer: str) -> Any:
        if field.kinds:
            return self._key(answer, field.kinds)
        if field.terms:
            return next(term.value for term in field.terms if term.title == answer)
        return int(answer) if field.widget is Widget.NUMBER else answer

    def _key(self, name: str, kinds: Iterable[str]) -> str:
        stream = self.keys[name]
        return stream if len(tuple(kinds)) > 1 else stream.partition("/")[2]


def _sorted(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: sorted(one) if isinstance(one, list) else one for name, one in data.items()}

"""The words of fields that ask the same in every type that has them."""

from collections.abc import Mapping
from typing import Final

from events.vocabulary.stream import Kind
from events.vocabulary.words.wording import FieldWords, many, one

_EXAMPLES: Final[Mapping[Kind, str]] = {
    "cohort": "heritage-2024",
    "organisation": "mill-museum",
    "question": "mill-labels",
    "pairing": "mill-and-library",
    "inspiration": "disagreement-slips",
    "iteration": "label-wall-1",
    "failure": "mill-coats-on",
    "learning": "ask-at-the-object",
    "ask": "mill-fading-labels",
    "outcome": "key-policy",
    "publication": "keepers-report",
    "person": "dot",
    "session": "first-day",
    "commitment": "library-call-in-sheet",
}

_NOUNS: Final[Mapping[Kind, str]] = {"ask": "request for help"}

NEW: Final[Mapping[Kind, FieldWords]] = {
    kind: one(
        f"Key of the new {_NOUNS.get(kind, kind)}",
        f"Which key should this {_NOUNS.get(kind, kind)} have? A form makes one up; a program uses its own id or"
        " a UUID.",
        example,
    )
    for kind, example in _EXAMPLES.items()
}
"""The words of a field that creates a subject, by the subject's kind."""

SHARED: Final[Mapping[str, FieldWords]] = {
    "organisation": one("Organisation", "Whose is this?", _EXAMPLES["organisation"]),
    "cohort": one(
        "Cohort",
        "Which cohort is this part of? Leave it out for work outside any cohort.",
        _EXAMPLES["cohort"],
    ),
    "ask": one("Request for help", "Which request does this answer?", _EXAMPLES["ask"]),
    "themes": one(
        "Themes",
        "Which few words would help others to find this? Up to 12, in lower case.",
        ["labels", "oral history", "participation"],
    ),
    "language": one(
        "Language",
        "In which language is it? Give its tag: cy for Welsh, de for German. Leave it out if it is the cohort's.",
        "cy",
    ),
    "evidence_level": one(
        "How strong is the evidence?",
        "Which of Nesta's five Standards of Evidence does it meet? From 1, you can explain why it should work, to 5,"
        " others do it elsewhere, on a large scale, and it still works.",
        2,
    ),
    "failure_type": one(
        "What type of failure was it?",
        "Was it basic, complex or intelligent? Leave it out if you are not sure.",
        "basic",
    ),
    "failure_cause": one(
        "What was the main cause?",
        "Which cause comes nearest? A failure of cause deviance is private, or shared with paired organisations at"
        " most.",
        "process_inadequacy",
    ),
    "facet": one(
        "Which side of the work is it about?",
        "Was it the purpose, the way it was run, who took part, the work itself or how others saw it?",
        "participation",
    ),
    "degree": one(
        "How did it turn out?",
        "Where does the result lie, from outright failure to outright success?",
        "precarious_failure",
    ),
    "intended": many(
        "What was intended",
        "What did you hope or plan would happen?",
        "Ten labels a Sunday from people who know the machines.",
    ),
    "actual": many("What happened", "What actually happened?", "Six in a month."),
    "why": many(
        "Why it happened",
        "What explains the difference, as far as you know?",
        "We put the table where we had room for a table.",
    ),
    "hypothesis": many(
        "What you believe",
        'What do you believe will happen, and why? "If …, then …" is a good form.',
        "New people go home at ten because nobody has spoken to them. Brew first, they'll stop.",
    ),
    "action": many(
        "What you will do",
        "What exactly will you do, where, and with whom?",
        "Kettle on at 9. Tools at 9.40 and not before.",
    ),
    "measure": one(
        "What will you measure?",
        "What will you count or compare? Observations on this measure decide whether the hypothesis holds.",
        "labels written per open day",
    ),
    "criterion": one(
        "What counts as success?",
        "Which value of the measure would you call a success? Decide before you start.",
        "At least 10 per open day, four open days running",
    ),
    "mode": one(
        "How did people take part?",
        "Which of these ways comes nearest?",
        "tell_stories",
    ),
    "links": one(
        "Links",
        "Where on the web are pictures, minutes or other things that belong to it? Up to 10 addresses.",
        ["https://keepers.example/pictures/first-day"],
    ),
    "url": one(
        "Address on the web",
        "Where on the web can it be found?",
        "https://keepers.example/with-not-for",
    ),
}
"""The words of fields by their names. A type that asks something else has words of its own."""

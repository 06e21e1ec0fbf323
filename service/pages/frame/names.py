"""What things are called on pages: subjects by what was recorded of them, and fields by words for readers.

The words of fields in `events.vocabulary.words` ask the person who records. These here are for those who read.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_NAMING: Final = ("title", "name", "text", "statement", "actual", "description")
"""The fields of the graph that name a subject. A kind has one of them."""

_FIELDS: Final = {
    "action": "What is done",
    "actual": "What happened",
    "adaptation": "What is done differently",
    "because_of": "What led to it",
    "change": "What to change",
    "comment": "Comment",
    "contribution": "The organisation's part in it",
    "cost": "Money spent",
    "country": "Country",
    "criterion": "What counts as success",
    "description": "What changed",
    "due_on": "Due on",
    "ends_on": "Last day",
    "facilitator": "Facilitator",
    "happened_on": "When it happened",
    "hours": "Hours spent",
    "how": "How it was used",
    "hypothesis": "What the organisation believes",
    "intended": "What was intended",
    "language": "Language",
    "licence": "Licence",
    "links": "Links",
    "measure": "What is measured",
    "minutes": "Minutes",
    "months_after": "Months after the close",
    "motivation": "Why it joined",
    "name": "Name",
    "narrative": "In the organisation's words",
    "note": "Note",
    "people": "Number of people",
    "place": "Place",
    "planned_months": "Planned months",
    "purpose": "Purpose",
    "reason": "Reason",
    "role": "Role",
    "sample_size": "Size of the sample",
    "sector": "Sector",
    "significance": "Why it matters",
    "social_actor": "Who changed",
    "starts_on": "First day",
    "statement": "What was learned",
    "summary": "Summary",
    "sustain": "What to keep",
    "text": "Text",
    "themes": "Themes",
    "title": "Title",
    "unit": "Unit",
    "url": "Address on the web",
    "value": "Value",
    "why": "Why it happened",
}

_PLAINER: Final = {
    "Choose everyone.": "Tick all that apply.",
    "Give null for one that should have been left out.": "Empty one that should be left out.",
}
"""Sentences of the vocabulary that pages say in other words."""
_TRIAL: Final = (("an iteration", "a trial"), ("iteration", "trial"))
"""What pages call an iteration."""

_CAPITAL: Final = re.compile("[A-Z]")


def subject_name(subject: Mapping[str, Any]) -> str:
    """Return what a subject is called: its title, name or wording; a pairing is called by its organisations.

    The subject was asked for with the fragment `Named`, or with the field that names its kind.
    """
    for field in _NAMING:
        if field in subject:
            return str(subject[field])
    return " · ".join(one["name"] for one in subject["organisations"])


def field_name(field: str) -> str:
    """Return what a field is called, in English. The field is named as in events, or as in the graph.

    A field without words here, of a type that is newer than them, is called by its own name.
    """
    name = _CAPITAL.sub(lambda found: f"_{found[0].lower()}", field)
    return _FIELDS.get(name, name.replace("_", " ").capitalize())


def worded(sentence: str) -> str:
    """Return words of the vocabulary, in English, as pages say them: they call an iteration a trial."""
    sentence = _PLAINER.get(sentence, sentence)
    for theirs, ours in _TRIAL:
        sentence = sentence.replace(theirs, ours).replace(theirs.capitalize(), ours.capitalize())
    return sentence


def messages() -> Iterable[str]:
    """Return the words of all fields, for the catalogues."""
    return _FIELDS.values()

"""The words of the types of `types.record`."""

from typing import Final

from events.vocabulary.types.record import (
    EventCorrected,
    EventVoided,
    PersonForgotten,
    PersonIntroduced,
    VisibilityChanged,
)
from events.vocabulary.types.results import PublicationReleased
from events.vocabulary.words.wording import TypeWords, line, lines

WORDS: Final = (
    TypeWords(
        VisibilityChanged,
        "Use this when more or fewer people may see something than before.",
        then=(PublicationReleased,),
        fields={
            "of": line(
                "What should it apply to?",
                (
                    "What should more or fewer people see: which subject, or which event that only adds"
                    " something?"
                ),
            ),
            "visibility": line("Who may see it?", "Who may see it from now on?"),
        },
        example={
            "of": "learning/ask-at-the-object",
            "visibility": "public",
        },
    ),
    TypeWords(
        EventVoided,
        (
            "Use this when an event should never have been recorded. If something really changed, use the"
            " type for that change."
        ),
        then=(),
        fields={
            "event": line(
                "Which event?",
                "Which event was a mistake?",
                "Give its position, or its source and id.",
            ),
            "event.source": line("Source of the event", "Under which source was it recorded?"),
            "event.id": line("Id of the event", "Which id did its source give it?"),
            "reason": lines("Why it is voided", "What was wrong with it?"),
        },
        example={
            "event": 42,
            "reason": (
                "Typed in twice: two key-holders that Tuesday, not four. Found while counting"
                " for the report."
            ),
        },
        others={
            "event.source": "urn:howcanwe:demo",
            "event.id": "demo-042",
        },
    ),
    TypeWords(
        EventCorrected,
        "Use this when something was written down wrongly: a typing mistake, a wrong number.",
        then=(),
        fields={
            "event": line(
                "Which event?",
                "Which event has the mistake?",
                "Give its position, or its source and id.",
            ),
            "event.source": line("Source of the event", "Under which source was it recorded?"),
            "event.id": line("Id of the event", "Which id did its source give it?"),
            "fields": line(
                "What should it be?",
                "What should the wrong fields contain?",
                "Give null for one that should have been left out.",
            ),
            "reason": lines(
                "Why it is corrected",
                "What was wrong? Everyone who sees the event sees this.",
                "Do not repeat the wrong text.",
            ),
        },
        example={
            "event": 284,
            "fields": {
                "purpose": (
                    "Two officers and a van, for whatever 141 parishes would rather not lose."
                ),
            },
            "reason": "141. I had left out the one I live in.",
        },
        others={
            "event.source": "urn:howcanwe:demo",
            "event.id": "demo-284",
        },
    ),
    TypeWords(
        PersonIntroduced,
        (
            "Use this before a person is named in the record as having done something. Ask the person"
            " first."
        ),
        then=(PersonForgotten,),
        fields={
            "organisation": line("Organisation", "For which organisation does the person work?"),
            "role": line(
                "Role",
                (
                    "What does the person do there? It is not encrypted and stays after the person is"
                    " forgotten."
                ),
                "Name nobody.",
            ),
            "name": line(
                "Name", "What is the person's name? It is stored encrypted and can be forgotten."
            ),
            "email": line(
                "E-mail address",
                (
                    "At which address can the person be reached? It is stored encrypted and can be"
                    " forgotten."
                ),
            ),
        },
        example={
            "person": "dot",
            "organisation": "mill-museum",
            "role": "volunteer, labels and displays",
            "name": "Dot Hesketh",
            "email": "dot@brackwater-mill.example",
        },
    ),
    TypeWords(
        PersonForgotten,
        (
            "Use this when a person asks to be forgotten. Name and e-mail address become unreadable"
            " permanently."
        ),
        then=(),
        fields={
            "person": line("Person", "Who is to be forgotten?"),
        },
        example={
            "person": "saturday-volunteer",
        },
    ),
)
"""The words of each type."""

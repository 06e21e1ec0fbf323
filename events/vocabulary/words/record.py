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
from events.vocabulary.words.wording import TypeWords, many, one

WORDS: Final = (
    TypeWords(
        VisibilityChanged,
        "Use this when more or fewer people may see something than before.",
        then=(PublicationReleased,),
        fields={
            "of": one(
                "What should it apply to?",
                "What should more or fewer people see: which subject, or which event that only adds something?",
                "learning/ask-at-the-object",
            ),
            "visibility": one("Who may see it?", "Who may see it from now on?", "public"),
        },
    ),
    TypeWords(
        EventVoided,
        "Use this when an event should never have been recorded. If something really changed, use"
        " the type for that change.",
        then=(),
        fields={
            "event": one(
                "Which event?",
                "Which event was a mistake? Give its position, or its source and id.",
                42,
            ),
            "event.source": one(
                "Source of the event", "Under which source was it recorded?", "urn:howcanwe:demo"
            ),
            "event.id": one("Id of the event", "Which id did its source give it?", "demo-042"),
            "reason": many(
                "Why it is voided",
                "What was wrong with it?",
                "Typed in twice: two key-holders that Tuesday, not four. Found while counting for the report.",
            ),
        },
    ),
    TypeWords(
        EventCorrected,
        "Use this when something was written down wrongly, such as a title, a number or a day.",
        then=(),
        fields={
            "event": one(
                "Which event?",
                "Which event has the mistake? Give its position, or its source and id.",
                284,
            ),
            "event.source": one(
                "Source of the event", "Under which source was it recorded?", "urn:howcanwe:demo"
            ),
            "event.id": one("Id of the event", "Which id did its source give it?", "demo-284"),
            "fields": one(
                "What should it be?",
                "What should the wrong fields contain? Give null for one that should have been left out.",
                {
                    "purpose": "Two officers and a van, for whatever 141 parishes would rather not lose."
                },
            ),
            "reason": many(
                "Why it is corrected",
                "What was wrong? Everyone who sees the event sees this, so do not repeat the wrong text.",
                "141. I had left out the one I live in.",
            ),
        },
    ),
    TypeWords(
        PersonIntroduced,
        "Use this before a person is named in the record as having done something. Ask the person first.",
        then=(PersonForgotten,),
        fields={
            "organisation": one(
                "Organisation", "For which organisation does the person work?", "mill-museum"
            ),
            "role": one(
                "Role",
                "What does the person do there? It is not encrypted and stays after the person is forgotten, so"
                " name nobody.",
                "volunteer, labels and displays",
            ),
            "name": one(
                "Name",
                "What is the person's name? It is stored encrypted and can be forgotten.",
                "Dot Hesketh",
            ),
            "email": one(
                "E-mail address",
                "At which address can the person be reached? It is stored encrypted and can be forgotten.",
                "dot@brackwater-mill.example",
            ),
        },
    ),
    TypeWords(
        PersonForgotten,
        "Use this when a person asks to be forgotten. Name and e-mail address become unreadable permanently.",
        then=(),
        fields={"person": one("Person", "Who is to be forgotten?", "saturday-volunteer")},
    ),
)
"""The words of each type."""

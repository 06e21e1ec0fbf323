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
                "What is it about?",
                "Which subject, or which event that only adds something, is to be seen by more or fewer people?",
                "learning/ask-at-the-object",
            ),
            "visibility": one("Who may see it?", "Who may see it from now on?", "public"),
        },
    ),
    TypeWords(
        EventVoided,
        "Use this when an event should never have been recorded. What really changed has types of its own.",
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
                "Why it is void",
                "What was wrong with it?",
                "Typed in twice: two key-holders that Tuesday, not four. Found while counting for the report.",
            ),
        },
    ),
    TypeWords(
        EventCorrected,
        "Use this when something was written down wrongly, such as a name, a number or a day.",
        then=(),
        fields={
            "event": one(
                "Which event?",
                "Which event has the mistake? Give its position, or its source and id.",
                42,
            ),
            "event.source": one(
                "Source of the event", "Under which source was it recorded?", "urn:howcanwe:demo"
            ),
            "event.id": one("Id of the event", "Which id did its source give it?", "demo-042"),
            "fields": one(
                "What is right?",
                "How should the fields read that are wrong? Give null for what should have been left out.",
                {"people": 2},
            ),
            "reason": many(
                "Why it was wrong",
                "How did the mistake come about?",
                "Typed in twice: two key-holders that Tuesday, not four. Found while counting for the report.",
            ),
        },
    ),
    TypeWords(
        PersonIntroduced,
        "Use this when a person is to be named as the one who did something. Ask the person first.",
        then=(PersonForgotten,),
        fields={
            "organisation": one(
                "Organisation", "For which organisation does the person work?", "mill-museum"
            ),
            "role": one(
                "Role",
                "What does the person do there?",
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

"""The words of the types of `types.questions`."""

from typing import Final

from events.vocabulary.types.cohorts import CohortClosed
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.questions import (
    MindsetAssessed,
    QuestionClosed,
    QuestionFramed,
    QuestionReframed,
)
from events.vocabulary.types.results import PublicationReleased
from events.vocabulary.words.wording import TypeWords, many, one

WORDS: Final = (
    TypeWords(
        MindsetAssessed,
        "Use this when an organisation joins and from time to time afterwards, to see whether its view of people"
        " changes.",
        then=(QuestionFramed,),
        fields={
            "framing": one(
                "How do you regard people?",
                "Are things done to people, for them or with them here?",
                "consumer",
            ),
            "participation_level": one(
                "How far can people take part?",
                "At which level do people usually take part in your decisions? The levels are not a ranking.",
                "inform",
            ),
            "narrative": many(
                "In your own words",
                "What makes you say so? Describe something that happened.",
                "Visitors get a tour, a leaflet and a scone. We ask them one thing, which is whether they are eligible"
                " for Gift Aid.",
            ),
        },
    ),
    TypeWords(
        QuestionFramed,
        "Use this when an organisation has found a question of its own that it wants to work on.",
        then=(IterationPlanned, QuestionReframed),
        fields={
            "text": many(
                "Your question",
                "Which question do you want to work on? Begin with How can we, or the same in your language.",
                "How can we get the people who worked here to tell the mill's story in their own words?",
            ),
            "parent": one(
                "Larger question",
                "From which question does yours come, if there is one?",
                "keepers-shared",
            ),
        },
    ),
    TypeWords(
        QuestionReframed,
        "Use this when you have learned that the question should be put in another way.",
        then=(IterationPlanned, QuestionClosed),
        fields={
            "question": one("Question", "Which question are you rewording?", "mill-labels"),
            "text": many(
                "The new wording",
                "How do you ask the question now? Begin with How can we, or the same in your language.",
                "How can we share the say over what the mill's walls tell?",
            ),
            "language": one(
                "Language",
                "In which language is the new wording? Leave it out if the language stays the same.",
                "cy",
            ),
            "reason": many(
                "Why the wording changed",
                "What did you learn that made you reword it?",
                "Getting the stories was the easy part. We ran out of wall, and then we ran out of agreement about"
                " whose wall it is.",
            ),
            "because_of": one(
                "What led to it?",
                "Which learnings or failures made you reword the question?",
                ["learning/whose-wall", "failure/mill-two-aunts"],
            ),
        },
    ),
    TypeWords(
        QuestionClosed,
        "Use this when a question is answered well enough to act on, or when you leave it for now.",
        then=(PublicationReleased, CohortClosed),
        fields={
            "question": one("Question", "Which question do you close?", "library-evenings"),
            "outcome": one("How did it end?", "Is the question answered or parked?", "answered"),
            "summary": many(
                "The answer",
                "What would you answer today, or why do you leave the question?",
                "One evening, two key-holders who like each other, a call-in at eight. Not two evenings.",
            ),
            "learnings": one(
                "Learnings that answer it",
                "Which learnings are the answer drawn from?",
                ["people-before-hours"],
            ),
        },
    ),
)
"""The words of each type."""

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
from events.vocabulary.words.wording import TypeWords, line, lines

WORDS: Final = (
    TypeWords(
        MindsetAssessed,
        (
            "Use this when an organisation joins and from time to time afterwards, to see whether its"
            " view of people changes."
        ),
        then=(QuestionFramed,),
        fields={
            "organisation": line(
                "Organisation", "Which organisation assesses how it regards people?"
            ),
            "framing": line(
                "How do you regard people?",
                "Are things done to people, for them or with them here?",
            ),
            "participation_level": line(
                "How far can people take part?",
                (
                    "At which level do people usually take part in your decisions? The levels are not a"
                    " ranking."
                ),
            ),
            "narrative": lines(
                "In your own words", "What makes you say so?", "Describe something that happened."
            ),
        },
        example={
            "organisation": "mill-museum",
            "cohort": "heritage-2024",
            "framing": "consumer",
            "participation_level": "inform",
            "narrative": (
                "Visitors get a tour, a leaflet and a scone. We ask them one thing, which is"
                " whether they are eligible for Gift Aid."
            ),
        },
    ),
    TypeWords(
        QuestionFramed,
        "Use this when an organisation has found a question of its own that it wants to work on.",
        then=(
            IterationPlanned,
            QuestionReframed,
        ),
        fields={
            "organisation": line("Organisation", "Which organisation asks the question?"),
            "text": lines(
                "Your question",
                "Which question do you want to work on?",
                "Begin with How can we, or the same in your language.",
            ),
            "parent": line(
                "Larger question",
                "From which question does yours come?",
                "Leave it out if there is none.",
            ),
            "language": line(
                "Language",
                "In which language is it?",
                "Give its tag: cy for Welsh, de for German. Leave it out if it is the cohort's, or English outside any"
                " cohort.",
            ),
        },
        example={
            "question": "mill-labels",
            "organisation": "mill-museum",
            "cohort": "heritage-2024",
            "text": (
                "How can we get the people who worked here to tell the mill's story in their own"
                " words?"
            ),
            "parent": "keepers-shared",
            "themes": ["labels", "oral history", "participation"],
        },
        others={
            "language": "en",
        },
    ),
    TypeWords(
        QuestionReframed,
        "Use this when you have learned that the question should be put in another way.",
        then=(
            IterationPlanned,
            QuestionClosed,
        ),
        fields={
            "question": line("Question", "Which question are you rewording?"),
            "text": lines(
                "The new wording",
                "How do you ask the question now?",
                "Begin with How can we, or the same in your language.",
            ),
            "language": line(
                "Language",
                "In which language is the new wording?",
                "Give its tag, such as cy for Welsh. Leave it out if the language stays.",
            ),
            "reason": lines(
                "Why the wording changed", "What did you learn that made you reword it?"
            ),
            "because_of": line(
                "What led to it?", "Which learnings or failures made you reword the question?"
            ),
        },
        example={
            "question": "mill-labels",
            "text": "How can we share the say over what the mill's walls tell?",
            "reason": (
                "Getting the stories was the easy part. We ran out of wall, and then we ran out"
                " of agreement about whose wall it is."
            ),
            "because_of": ["learning/whose-wall", "failure/mill-two-aunts"],
        },
        others={
            "language": "en",
        },
    ),
    TypeWords(
        QuestionClosed,
        "Use this when a question is answered well enough to act on, or when you leave it for now.",
        then=(
            PublicationReleased,
            CohortClosed,
        ),
        fields={
            "question": line("Question", "Which question do you close?"),
            "outcome": line("How did it end?", "Is the question answered or parked?"),
            "summary": lines(
                "The answer", "What would you answer today, or why do you leave the question?"
            ),
            "learnings": line(
                "Learnings that answer it", "Which learnings are the answer drawn from?"
            ),
        },
        example={
            "question": "library-evenings",
            "outcome": "answered",
            "summary": (
                "One evening, two key-holders who like each other, a call-in at eight. Not two"
                " evenings."
            ),
            "learnings": ["people-before-hours"],
        },
    ),
)
"""The words of each type."""

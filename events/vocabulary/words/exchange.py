"""The words of the types of `types.exchange`."""

from typing import Final

from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.types.exchange import (
    HelpAsked,
    HelpGiven,
    InspirationShared,
    InspirationUsed,
)
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.learnings import LearningCaptured
from events.vocabulary.words.wording import TypeWords, many, one

WORDS: Final = (
    TypeWords(
        InspirationShared,
        "Use this when you come across something that would help others in the cohort.",
        then=(InspirationUsed, IterationPlanned),
        fields={
            "cohort": one("Cohort", "Which cohort do you share it with?", "heritage-2024"),
            "by": one(
                "Who shares it?",
                "Which organisation shares it? Only facilitators may leave it out.",
                "city-archive",
            ),
            "kind": one("What is it?", "What kind of inspiration is it?", "tool"),
            "title": one("Title", "What is it called?", "The disagreement slip"),
            "summary": many(
                "What it is about",
                "What is it about, and what should others look for?",
                "A slip of paper, three lines: what A reads, what B reads, what we put. Kept for good with the index."
                " Cost so far: one ream.",
            ),
            "questions": one(
                "Questions that it helps with",
                "For which questions of the cohort is it of use?",
                ["keepers-shared", "mill-labels"],
            ),
        },
    ),
    TypeWords(
        InspirationUsed,
        "Use this when you have done something with an inspiration that somebody shared.",
        then=(IterationPlanned, LearningCaptured),
        fields={
            "inspiration": one("Inspiration", "Which inspiration did you use?", "bakery-book"),
            "organisation": one("Organisation", "Which organisation used it?", "village-theatre"),
            "iteration": one(
                "Iteration",
                "In which of your iterations did you use it, if in one?",
                "gap-script-2",
            ),
            "how": many(
                "How you used it",
                "What did you do with it?",
                "A slip in every map drawer. There are now two accepted positions for the lost well, and a third in"
                " red.",
            ),
        },
    ),
    TypeWords(
        HelpAsked,
        "Use this when you are stuck, or need something that a peer may have.",
        then=(HelpGiven,),
        fields={
            "organisation": one("Organisation", "Which organisation asks?", "mill-museum"),
            "text": many(
                "What you need",
                "What do you ask your peers for, and by when?",
                "Forty folding chairs, 14 to 16 June, that can survive straw. Also a person who isn't afraid of cows.",
            ),
        },
    ),
    TypeWords(
        HelpGiven,
        "Use this when you answer a request for help of another organisation.",
        then=(NoteAdded, LearningCaptured),
        fields={
            "organisation": one("Organisation", "Which organisation helps?", "city-archive"),
            "text": many(
                "Your answer",
                "What can you offer, advise or lend?",
                "Never one, always a call-in at the end. If the call doesn't come by quarter past, somebody drives"
                " out. One side of A4, have it.",
            ),
        },
    ),
)
"""The words of each type."""

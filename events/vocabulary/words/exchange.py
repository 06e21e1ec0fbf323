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
from events.vocabulary.words.wording import TypeWords, line, lines

WORDS: Final = (
    TypeWords(
        InspirationShared,
        "Use this when you come across something that would help others in the cohort.",
        then=(
            InspirationUsed,
            IterationPlanned,
        ),
        fields={
            "cohort": line("Cohort", "Which cohort do you share it with?"),
            "by": line(
                "Who shares it?",
                "Which organisation shares it?",
                "Only facilitators may leave it out.",
            ),
            "kind": line("What is it?", "What kind of inspiration is it?"),
            "title": line("Title", "What is it called?"),
            "summary": lines(
                "What it is about", "What is it about, and what should others look for?"
            ),
            "questions": line(
                "Questions that it helps with", "For which questions of the cohort is it of use?"
            ),
        },
        example={
            "inspiration": "disagreement-slips",
            "cohort": "heritage-2024",
            "by": "city-archive",
            "kind": "tool",
            "title": "The disagreement slip",
            "summary": (
                "A slip of paper, three lines: what A reads, what B reads, what we put. Kept"
                " for good with the index. Cost so far: one ream."
            ),
            "questions": ["keepers-shared"],
        },
        others={
            "url": "https://city-archive.example/disagreement-slip",
        },
    ),
    TypeWords(
        InspirationUsed,
        "Use this when you have done something with an inspiration that somebody shared.",
        then=(
            IterationPlanned,
            LearningCaptured,
        ),
        fields={
            "inspiration": line("Inspiration", "Which inspiration did you use?"),
            "organisation": line("Organisation", "Which organisation used it?"),
            "iteration": line(
                "Iteration",
                "In which of your iterations did you use it?",
                "Leave it out if it was in none.",
            ),
            "how": lines("How you used it", "What did you do with it?"),
        },
        example={
            "inspiration": "bakery-book",
            "organisation": "village-theatre",
            "iteration": "gap-script-2",
            "how": (
                "Pinned a blank sheet UNDER the script, for what was wrong with last Saturday's."
                " It is filling up faster than the script."
            ),
        },
    ),
    TypeWords(
        HelpAsked,
        "Use this when you are stuck, or need something that a peer may have.",
        then=(HelpGiven,),
        fields={
            "organisation": line("Organisation", "Which organisation asks?"),
            "text": lines("What you need", "What do you ask your peers for, and by when?"),
        },
        example={
            "ask": "mill-fading-labels",
            "organisation": "mill-museum",
            "cohort": "heritage-2024",
            "text": (
                "Sunday's labels are under a north light and we'd like them to outlive us. What"
                " pencil, what card, and is it all right to use the laminator? (We have already"
                " used the laminator.)"
            ),
            "themes": ["labels", "conservation"],
        },
    ),
    TypeWords(
        HelpGiven,
        "Use this when you answer a request for help of another organisation.",
        then=(
            NoteAdded,
            LearningCaptured,
        ),
        fields={
            "ask": line("Request for help", "Which request does this answer?"),
            "organisation": line("Organisation", "Which organisation helps?"),
            "text": lines("Your answer", "What can you offer, advise or lend?"),
        },
        example={
            "ask": "mill-fading-labels",
            "organisation": "city-archive",
            "text": (
                "A 2B graphite pencil on unbuffered cotton card; both outlast the building."
                " Please stop laminating. I enclose forty sheets and will not ask what was"
                " laminated."
            ),
        },
    ),
)
"""The words of each type."""

"""The words of the types of `types.sessions`."""

from typing import Final

from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.sessions import CommitmentMade, CommitmentSettled, SessionHeld
from events.vocabulary.words.wording import TypeWords, many, one

WORDS: Final = (
    TypeWords(
        SessionHeld,
        "Use this after the cohort has met, for example in a workshop. The time of the event is when it began.",
        then=(CommitmentMade, NoteAdded),
        fields={
            "cohort": one("Cohort", "Which cohort met?", "heritage-2024"),
            "kind": one("What was it?", "What kind of session was it?", "workshop"),
            "title": one(
                "Title", "What was the session called?", "First day, in the mill's canteen"
            ),
            "minutes": one("How long it took", "How many minutes did the session take?", 360),
            "attended": one(
                "Which organisations came?",
                "Which organisations of the cohort were represented?",
                ["mill-museum", "library-trust"],
            ),
            "people": one("How many people came?", "How many people were there in all?", 14),
            "summary": many(
                "What came of it",
                "What did you do, and what did you agree?",
                "Agreed: notes are written within a week, in our own words, and we put down what went wrong before"
                " what went right.",
            ),
        },
    ),
    TypeWords(
        CommitmentMade,
        "Use this when an organisation promises to do something, in a session or at any other time.",
        then=(CommitmentSettled,),
        fields={
            "organisation": one("Organisation", "Which organisation promises it?", "mill-museum"),
            "iteration": one(
                "Iteration",
                "Does it belong to one of your iterations? Which one?",
                "label-wall-2",
            ),
            "session": one(
                "Session", "In which session of the cohort was it promised, if in one?", "first-day"
            ),
            "text": many(
                "What you will do",
                "What do you promise to do?",
                "Hang six blanks beside six machines, each with a pencil on a string.",
            ),
            "due_on": one("Due on", "By which day will it be done?", "2024-04-07"),
        },
    ),
    TypeWords(
        CommitmentSettled,
        "Use this when a commitment was kept, changed or dropped.",
        then=(IterationPlanned, NoteAdded),
        fields={
            "commitment": one("Commitment", "Which commitment is it?", "pencils"),
            "outcome": one("What became of it?", "Was it kept, changed or dropped?", "kept"),
            "note": many(
                "What else is there to say?",
                "What did you do instead, or what got in the way?",
                "Five of the six. The sixth machine had somebody's coat on it.",
            ),
        },
    ),
)
"""The words of each type."""

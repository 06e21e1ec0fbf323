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
            "minutes": one("How long it took", "How many minutes did the session take?", 300),
            "attended": one(
                "Which organisations came?",
                "Which organisations of the cohort were represented?",
                [
                    "mill-museum",
                    "library-trust",
                    "canal-society",
                    "village-theatre",
                    "city-archive",
                ],
            ),
            "people": one("How many people came?", "How many people were there in all?", 14),
            "summary": many(
                "What came of it",
                "What did you do, and what did you agree?",
                "Typed up from my diary. Everyone said what they look after and who for. By lunch the second list was"
                " the longer one. Tea four times; coats stayed on till eleven.",
            ),
        },
    ),
    TypeWords(
        CommitmentMade,
        "Use this when an organisation promises to do something, in a session or at any other time.",
        then=(CommitmentSettled,),
        fields={
            "organisation": one("Organisation", "Which organisation promises it?", "library-trust"),
            "iteration": one(
                "Iteration",
                "Does it belong to one of your iterations? Which one?",
                "late-tuesday",
            ),
            "session": one(
                "Session", "In which session of the cohort was it promised, if any?", "what-broke"
            ),
            "text": many(
                "What you will do",
                "What do you promise to do?",
                "Send our version of the canal's call-in sheet to the other three.",
            ),
            "due_on": one("Due on", "By which day will it be done?", "2024-07-31"),
        },
    ),
    TypeWords(
        CommitmentSettled,
        "Use this when a commitment was kept, changed or dropped.",
        then=(IterationPlanned, NoteAdded),
        fields={
            "commitment": one("Commitment", "Which commitment is it?", "library-call-in-sheet"),
            "outcome": one("What became of it?", "Was it kept, changed or dropped?", "kept"),
            "note": many(
                "What else is there to say?",
                "What did you do instead, or what got in the way?",
                "Sent on the Friday, changes in green. The mill rang at quarter past to see whether anyone would"
                " answer.",
            ),
        },
    ),
)
"""The words of each type."""

"""The words of the types of `types.sessions`."""

from typing import Final

from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.sessions import CommitmentMade, CommitmentSettled, SessionHeld
from events.vocabulary.words.wording import TypeWords, line, lines

WORDS: Final = (
    TypeWords(
        SessionHeld,
        (
            "Use this after the cohort has met, for example in a workshop. The time of the event is when"
            " it began."
        ),
        then=(
            CommitmentMade,
            NoteAdded,
        ),
        fields={
            "cohort": line("Cohort", "Which cohort met?"),
            "kind": line("What was it?", "What kind of session was it?"),
            "title": line("Title", "What was the session called?"),
            "minutes": line("How long it took", "How many minutes did the session take?"),
            "attended": line(
                "Which organisations came?", "Which organisations of the cohort were represented?"
            ),
            "people": line("How many people came?", "How many people were there in all?"),
            "summary": lines("What came of it", "What did you do, and what did you agree?"),
        },
        example={
            "session": "first-day",
            "cohort": "heritage-2024",
            "kind": "workshop",
            "title": "First day, in the mill's canteen",
            "minutes": 300,
            "attended": [
                "mill-museum",
                "library-trust",
                "canal-society",
                "village-theatre",
                "city-archive",
            ],
            "people": 14,
            "summary": (
                "Typed up from my diary. Everyone said what they look after and who for. By"
                " lunch the second list was the longer one. Tea four times; coats stayed on"
                " till eleven."
            ),
            "links": ["https://keepers.example/pictures/first-day"],
        },
    ),
    TypeWords(
        CommitmentMade,
        "Use this when an organisation promises to do something, in a session or at any other time.",
        then=(CommitmentSettled,),
        fields={
            "organisation": line("Organisation", "Which organisation promises it?"),
            "cohort": line(
                "Cohort",
                "Which cohort is this part of?",
                "Leave it out if it is that of the iteration or session, or if there is none.",
            ),
            "iteration": line(
                "Iteration",
                "To which of your iterations does it belong?",
                "Leave it out if it belongs to none.",
            ),
            "session": line(
                "Session",
                "In which session of the cohort was it promised?",
                "Leave it out if it was promised elsewhere.",
            ),
            "text": lines("What you will do", "What do you promise to do?"),
            "due_on": line("Due on", "By which day will it be done?"),
        },
        example={
            "commitment": "library-call-in-sheet",
            "organisation": "library-trust",
            "cohort": "heritage-2024",
            "session": "what-broke",
            "text": "Send our version of the canal's call-in sheet to the other three.",
            "due_on": "2024-07-31",
        },
        others={
            "iteration": "late-tuesday",
        },
    ),
    TypeWords(
        CommitmentSettled,
        "Use this when a commitment was kept, changed or dropped.",
        then=(
            IterationPlanned,
            NoteAdded,
        ),
        fields={
            "commitment": line("Commitment", "Which commitment is it?"),
            "outcome": line("What became of it?", "Was it kept, changed or dropped?"),
            "note": lines(
                "What else is there to say?", "What did you do instead, or what got in the way?"
            ),
        },
        example={
            "commitment": "library-call-in-sheet",
            "outcome": "kept",
            "note": (
                "Sent on the Friday, changes in green. The mill rang at quarter past to see"
                " whether anyone would answer."
            ),
        },
    ),
)
"""The words of each type."""

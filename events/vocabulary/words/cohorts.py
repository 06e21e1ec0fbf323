"""The words of the types of `types.cohorts`."""

from typing import Final

from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    CohortRevised,
    NoteAdded,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationsPaired,
    PairingEnded,
    PairingMet,
)
from events.vocabulary.types.exchange import InspirationShared
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.questions import MindsetAssessed, QuestionFramed
from events.vocabulary.types.record import PersonIntroduced
from events.vocabulary.types.results import JourneyCheckedIn, OutcomeHarvested, PublicationReleased
from events.vocabulary.types.sessions import SessionHeld
from events.vocabulary.words.wording import TypeWords, line, lines

WORDS: Final = (
    TypeWords(
        CohortFormed,
        "Use this when a facilitator and a group of organisations agree to work on a question together.",
        then=(
            OrganisationJoined,
            CohortRevised,
            SessionHeld,
        ),
        fields={
            "title": line(
                "Name of the cohort", "What is the cohort called when people speak of it?"
            ),
            "question": line(
                "Key of the shared question",
                "Which key should the question have that all its organisations share?",
            ),
            "text": lines(
                "The shared question",
                "Which question do the organisations share?",
                "Begin with How can we, or the same in their language.",
            ),
            "facilitator": line(
                "Who facilitates it?",
                "What is the facilitator's name? It is shown, and gives no rights.",
            ),
            "sector": line("Field of work", "In which field do the organisations work?"),
            "starts_on": line("First day", "On which day does the cohort begin?"),
            "planned_months": line(
                "Planned length",
                "For how many months is it planned? Six to eighteen are usual.",
                "Leave it out for nine.",
            ),
            "builds_on": line("Earlier cohorts", "Which earlier cohorts does it continue?"),
            "hosts": line(
                "Hosts",
                (
                    "Which organisations facilitate the cohort? They are not members, and see no more for"
                    " being hosts."
                ),
            ),
            "language": line(
                "Language",
                "In which language does the cohort ask its questions?",
                "Give its tag, such as cy for Welsh. Leave it out for English.",
            ),
        },
        example={
            "cohort": "heritage-2024",
            "title": "The Valley's Keepers",
            "question": "keepers-shared",
            "text": (
                "How can we make looking after the valley's past something people do with us, not"
                " something we do for them?"
            ),
            "facilitator": "Imogen Farrant",
            "sector": "local heritage",
            "starts_on": "2024-01-11",
            "planned_months": 9,
            "themes": ["heritage", "participation", "volunteers"],
        },
        others={
            "builds_on": ["heritage-2022"],
            "hosts": ["county-heritage"],
            "language": "en",
        },
    ),
    TypeWords(
        CohortRevised,
        "Use this when a cohort has another name, facilitator, beginning, length or host than before.",
        then=(
            SessionHeld,
            CohortClosed,
        ),
        fields={
            "cohort": line("Cohort", "Which cohort changes?"),
            "title": line(
                "New name",
                "What is the cohort called from now on?",
                "Leave it out if the name stays.",
            ),
            "facilitator": line(
                "Who facilitates it now?",
                "Who has taken over as facilitator?",
                "Leave it out if nobody has.",
            ),
            "planned_months": line(
                "New length",
                "How many months are planned in all?",
                "Leave it out if the length stays.",
            ),
            "starts_on": line(
                "New first day",
                "On which day does the cohort begin?",
                "Leave it out if the day stays.",
            ),
            "hosts": line(
                "Hosts from now on",
                "Which organisations facilitate it now?",
                ("Leave it out if they stay, and give an empty list if there are none now."),
            ),
            "reason": lines("Why it changes", "What made the change necessary?"),
        },
        example={
            "cohort": "heritage-2024",
            "planned_months": 10,
            "hosts": ["county-heritage"],
            "reason": (
                "The heritage office lent me for it and paid for the tea, which this record did"
                " not say. Nor was it nine months: everyone asked for one more, and I had the"
                " canteen booked."
            ),
        },
        others={
            "title": "The Valley's Keepers",
            "facilitator": "Imogen Farrant",
            "starts_on": "2024-01-11",
        },
    ),
    TypeWords(
        CohortClosed,
        "Use this when a cohort has come to its end. Work that continues can still be recorded.",
        then=(
            JourneyCheckedIn,
            OutcomeHarvested,
            PublicationReleased,
        ),
        fields={
            "cohort": line("Cohort", "Which cohort has come to its end?"),
            "summary": lines(
                "Looking back", "How would you sum up the cohort for somebody who was not in it?"
            ),
        },
        example={
            "cohort": "heritage-2024",
            "summary": (
                "Five came, four stayed, nobody agreed about the aunt. Eighteen things tried;"
                " half did what was hoped, which is more than any of us had bet. Last day in"
                " the mill canteen again: the heating had failed, and it was noticed that"
                " everyone knew where the coats were."
            ),
        },
    ),
    TypeWords(
        OrganisationRegistered,
        "Use this once for each organisation, before anything else about it is recorded.",
        then=(
            OrganisationJoined,
            PersonIntroduced,
            OrganisationRenamed,
        ),
        fields={
            "name": line("Name of the organisation", "What is the organisation called?"),
            "sector": line("Field of work", "In which field does it work?"),
            "purpose": lines("Purpose", "What is the organisation there for?"),
            "country": line(
                "Country", "In which country is its home?", "Give the two letters of ISO 3166."
            ),
        },
        example={
            "organisation": "mill-museum",
            "name": "Brackwater Mill Museum",
            "sector": "museums",
            "purpose": (
                "Keeps a cotton mill of 1853 running on Sundays, with 46 volunteers and no staff."
            ),
            "country": "GB",
        },
    ),
    TypeWords(
        OrganisationRenamed,
        (
            "Use this when an organisation has a new name. For a name that was typed wrongly, correct the"
            " registration."
        ),
        then=(),
        fields={
            "organisation": line("Organisation", "Which organisation has a new name?"),
            "name": line("New name", "What is the organisation called now?"),
            "reason": lines("Why it has a new name", "What led to the new name?"),
        },
        example={
            "organisation": "canal-society",
            "name": "Wenn Navigation Trust",
            "reason": "A charity now. New bank account, same nine people.",
        },
    ),
    TypeWords(
        OrganisationJoined,
        "Use this when an organisation becomes a member of a cohort, also if it comes back later.",
        then=(
            MindsetAssessed,
            QuestionFramed,
            OrganisationsPaired,
            OrganisationLeft,
        ),
        fields={
            "organisation": line("Organisation", "Which organisation joins?"),
            "cohort": line("Cohort", "Which cohort does it join?"),
            "motivation": lines("Why it joins", "Why does the organisation want to take part?"),
        },
        example={
            "organisation": "mill-museum",
            "cohort": "heritage-2024",
            "motivation": "Our youngest machine minder is 61. We would like to be here when he's 71.",
        },
    ),
    TypeWords(
        OrganisationLeft,
        (
            "Use this when an organisation leaves a cohort before its close. Its pairings in the cohort"
            " end."
        ),
        then=(OutcomeHarvested,),
        fields={
            "organisation": line("Organisation", "Which organisation leaves?"),
            "cohort": line("Cohort", "Which cohort does it leave?"),
            "reason": line("Why does it leave?", "Which of these reasons comes nearest?"),
            "note": lines(
                "What else is there to say?",
                "What would the organisation like to add about its leaving?",
            ),
        },
        example={
            "organisation": "city-archive",
            "cohort": "heritage-2024",
            "reason": "restructured",
            "note": (
                "The Archive becomes part of a Customer and Heritage Directorate on Monday and my"
                " post does not. The volunteers in bay 14 still have their list and, I believe,"
                " the telephone."
            ),
        },
    ),
    TypeWords(
        OrganisationsPaired,
        "Use this when two or three organisations of a cohort agree to meet regularly as peers.",
        then=(
            PairingMet,
            PairingEnded,
        ),
        fields={
            "cohort": line("Cohort", "In which cohort are they paired?"),
            "organisations": line(
                "Who is paired?", "Which two or three members of the cohort are paired?"
            ),
            "purpose": lines("Why this pairing?", "What can they give each other?"),
        },
        example={
            "pairing": "mill-and-library",
            "cohort": "heritage-2024",
            "organisations": ["mill-museum", "library-trust"],
            "purpose": "One has stories and no system, the other the reverse.",
        },
    ),
    TypeWords(
        PairingEnded,
        "Use this when paired organisations stop meeting before their cohort closes.",
        then=(OrganisationsPaired,),
        fields={
            "pairing": line("Pairing", "Which pairing ends?"),
            "reason": lines("Why it ends", "Why do they stop meeting as a pair?"),
        },
        example={
            "pairing": "mill-and-library",
            "reason": "We've stopped putting it in the diary. We just ring.",
        },
    ),
    TypeWords(
        PairingMet,
        "Use this after paired organisations have met or spoken. One of them records it.",
        then=(
            InspirationShared,
            IterationPlanned,
            PairingEnded,
        ),
        fields={
            "pairing": line("Pairing", "Which pairing met?"),
            "organisation": line(
                "Who reports it?", "Which of its organisations reports the meeting?"
            ),
            "minutes": line("How long it took", "How many minutes did the meeting take?"),
            "summary": lines("What came of it", "What did you talk about, and what did you agree?"),
        },
        example={
            "pairing": "mill-and-library",
            "organisation": "library-trust",
            "minutes": 95,
            "summary": (
                "Walked round the mill the wrong way, from exit to entrance. The exit table"
                " looks worse from that side."
            ),
        },
        others={
            "links": ["https://brackwater-mill.example/visitors-book"],
        },
    ),
    TypeWords(
        NoteAdded,
        "Use this at any time for what is worth remembering and has no type of its own.",
        then=(),
        fields={
            "about": line(
                "What is it about?",
                "Which cohort, organisation or other subject is the note about?",
            ),
            "organisation": line(
                "Organisation",
                "Which organisation writes the note?",
                "Only facilitators may leave it out.",
            ),
            "text": lines("Note", "What would you like to remember?"),
        },
        example={
            "about": "commitment/mill-visitors-book",
            "organisation": "mill-museum",
            "text": "Up to 1994. It's slow because we've started answering them.",
            "links": ["https://brackwater-mill.example/visitors-book"],
        },
    ),
)
"""The words of each type."""

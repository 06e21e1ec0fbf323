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
from events.vocabulary.words.wording import TypeWords, many, one

WORDS: Final = (
    TypeWords(
        CohortFormed,
        "Use this when a facilitator and a group of organisations agree to work on a question together.",
        then=(OrganisationJoined, CohortRevised, SessionHeld),
        fields={
            "title": one(
                "Name of the cohort",
                "What is the cohort called when people speak of it?",
                "The Valley's Keepers",
            ),
            "question": one(
                "Key of the shared question",
                "By which key will the question be known that all its organisations share?",
                "keepers-shared",
            ),
            "text": many(
                "The shared question",
                "Which question do the organisations share? Begin with How can we, or the same in their language.",
                "How can we make looking after the valley's past something people do with us, not something we do"
                " for them?",
            ),
            "facilitator": one(
                "Who facilitates it?",
                "What is the facilitator's name? It is shown, and gives no rights.",
                "Imogen Farrant",
            ),
            "sector": one(
                "Field of work", "In which field do the organisations work?", "local heritage"
            ),
            "starts_on": one("First day", "On which day does the cohort begin?", "2024-01-11"),
            "planned_months": one(
                "Planned length",
                "For how many months is it planned? Six to eighteen are usual.",
                9,
            ),
            "language": one(
                "Language",
                "In which language does the cohort ask its questions? Give its tag; without one, it is English.",
                "cy",
            ),
            "builds_on": one(
                "Earlier cohorts",
                "Which earlier cohorts does it continue?",
                ["heritage-2024"],
            ),
            "hosts": one(
                "Hosts",
                "Which organisations facilitate the cohort? They are not members, and see no more for being hosts.",
                ["county-heritage"],
            ),
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
            "cohort": one("Cohort", "Which cohort changes?", "heritage-2024"),
            "title": one(
                "New name",
                "What is the cohort called from now on? Leave it out if the name stays.",
                "The Valley's Keepers",
            ),
            "facilitator": one(
                "Who facilitates it now?",
                "Who has taken over as facilitator? Leave it out if nobody has.",
                "Imogen Farrant",
            ),
            "planned_months": one(
                "New length",
                "How many months are planned in all, if there are more or fewer than before?",
                10,
            ),
            "starts_on": one(
                "New first day",
                "On which day does the cohort begin, if not on the day that was planned?",
                "2024-01-11",
            ),
            "hosts": one(
                "Hosts from now on",
                "Which organisations facilitate it now? Leave it out if they stay; remove all if there are none.",
                ["county-heritage"],
            ),
            "reason": many(
                "Why it changes",
                "What made the change necessary?",
                "The heritage office lent me for it and paid for the tea, which this record did not say. Nor was it"
                " nine months: everyone asked for one more, and I had the canteen booked.",
            ),
        },
    ),
    TypeWords(
        CohortClosed,
        "Use this when a cohort has come to its end. Work that continues can still be recorded.",
        then=(JourneyCheckedIn, OutcomeHarvested, PublicationReleased),
        fields={
            "cohort": one("Cohort", "Which cohort has come to its end?", "heritage-2024"),
            "summary": many(
                "Looking back",
                "How would you sum up the cohort for somebody who was not in it?",
                "Five came, four stayed, nobody agreed about the aunt. Eighteen things tried; half did what was hoped,"
                " which is more than any of us had bet. Last day in the mill canteen again: the heating had failed,"
                " and it was noticed that everyone knew where the coats were.",
            ),
        },
    ),
    TypeWords(
        OrganisationRegistered,
        "Use this once for each organisation, before anything else about it is recorded.",
        then=(OrganisationJoined, PersonIntroduced, OrganisationRenamed),
        fields={
            "name": one(
                "Name of the organisation",
                "What is the organisation called?",
                "Brackwater Mill Museum",
            ),
            "sector": one("Field of work", "In which field does it work?", "museums"),
            "purpose": many(
                "Purpose",
                "What is the organisation there for?",
                "Keeps a cotton mill of 1853 running on Sundays, with 46 volunteers and no staff.",
            ),
            "country": one(
                "Country", "In which country is its home? Give the two letters of ISO 3166.", "GB"
            ),
        },
    ),
    TypeWords(
        OrganisationRenamed,
        "Use this when an organisation has a new name. For a name that was typed wrongly, correct the registration.",
        then=(),
        fields={
            "organisation": one(
                "Organisation", "Which organisation has a new name?", "canal-society"
            ),
            "name": one(
                "New name",
                "What is the organisation called now?",
                "Wenn Navigation Trust",
            ),
            "reason": many(
                "Why it has a new name",
                "What led to the new name?",
                "A charity now. New bank account, same nine people.",
            ),
        },
    ),
    TypeWords(
        OrganisationJoined,
        "Use this when an organisation becomes a member of a cohort, also if it comes back later.",
        then=(MindsetAssessed, QuestionFramed, OrganisationsPaired, OrganisationLeft),
        fields={
            "organisation": one("Organisation", "Which organisation joins?", "mill-museum"),
            "cohort": one("Cohort", "Which cohort does it join?", "heritage-2024"),
            "motivation": many(
                "Why it joins",
                "Why does the organisation want to take part?",
                "Our youngest machine minder is 61. We would like to be here when he's 71.",
            ),
        },
    ),
    TypeWords(
        OrganisationLeft,
        "Use this when an organisation leaves a cohort before its close. Its pairings in the cohort end.",
        then=(OutcomeHarvested,),
        fields={
            "organisation": one("Organisation", "Which organisation leaves?", "city-archive"),
            "cohort": one("Cohort", "Which cohort does it leave?", "heritage-2024"),
            "reason": one(
                "Why does it leave?", "Which of these reasons comes nearest?", "restructured"
            ),
            "note": many(
                "What else is there to say?",
                "What would the organisation like to add about its leaving?",
                "The Archive becomes part of a Customer and Heritage Directorate on Monday and my post does not. The"
                " volunteers in bay 14 still have their list and, I believe, the telephone.",
            ),
        },
    ),
    TypeWords(
        OrganisationsPaired,
        "Use this when two or three organisations of a cohort agree to meet regularly as peers.",
        then=(PairingMet, PairingEnded),
        fields={
            "cohort": one("Cohort", "In which cohort are they paired?", "heritage-2024"),
            "organisations": one(
                "Who is paired?",
                "Which two or three members of the cohort are paired?",
                ["mill-museum", "library-trust"],
            ),
            "purpose": many(
                "Why this pairing?",
                "What can they give each other?",
                "One has stories and no system, the other the reverse.",
            ),
        },
    ),
    TypeWords(
        PairingEnded,
        "Use this when paired organisations stop meeting before their cohort closes.",
        then=(OrganisationsPaired,),
        fields={
            "pairing": one("Pairing", "Which pairing ends?", "mill-and-library"),
            "reason": many(
                "Why it ends",
                "Why do they stop meeting as a pair?",
                "We've stopped putting it in the diary. We just ring.",
            ),
        },
    ),
    TypeWords(
        PairingMet,
        "Use this after paired organisations have met or spoken. One of them records it.",
        then=(InspirationShared, IterationPlanned, PairingEnded),
        fields={
            "pairing": one("Pairing", "Which pairing met?", "mill-and-library"),
            "organisation": one(
                "Who reports it?",
                "Which of its organisations reports the meeting?",
                "library-trust",
            ),
            "minutes": one("How long it took", "How many minutes did the meeting take?", 95),
            "summary": many(
                "What came of it",
                "What did you talk about, and what did you agree?",
                "They asked what we'd do about the cards. We said we'd told them in March. There was a silence and"
                " then cake.",
            ),
        },
    ),
    TypeWords(
        NoteAdded,
        "Use this at any time for what is worth remembering and has no type of its own.",
        then=(),
        fields={
            "about": one(
                "What is it about?",
                "Which cohort, organisation or other subject is the note about?",
                "organisation/canal-society",
            ),
            "organisation": one(
                "Organisation",
                "Which organisation writes the note? Only facilitators may leave it out.",
                "canal-society",
            ),
            "text": many(
                "Note",
                "What would you like to remember?",
                "I've put my note of the second meeting away: anyone in the valley could tell which lad and which"
                " grandmother. He was right, mind.",
            ),
        },
    ),
)
"""The words of each type."""

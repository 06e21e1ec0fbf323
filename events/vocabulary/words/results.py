"""The words of the types of `types.results`."""

from typing import Final

from events.vocabulary.types.results import (
    JourneyCheckedIn,
    OutcomeHarvested,
    OutcomeSubstantiated,
    PublicationReleased,
    PublicationWithdrawn,
)
from events.vocabulary.words.wording import TypeWords, line, lines

WORDS: Final = (
    TypeWords(
        OutcomeHarvested,
        "Use this when somebody has changed what they do, and you had a part in it, intended or not.",
        then=(
            OutcomeSubstantiated,
            PublicationReleased,
        ),
        fields={
            "organisation": line("Organisation", "Which organisation helped to bring it about?"),
            "social_actor": line("Who changed?", "Which person, group or organisation changed?"),
            "change_type": line("What kind of change is it?", "What is different now?"),
            "description": lines(
                "What changed", "What do they do now that they did not do before?"
            ),
            "contribution": lines(
                "Your part in it", "What did you do that helped to bring it about?"
            ),
            "significance": lines("Why it matters", "Why is this change important?"),
            "anticipated": line(
                "Was it expected?", "Did you expect or intend this change beforehand?"
            ),
            "sign": line("Is it a good change?", "Is the change for the better or for the worse?"),
            "happened_on": line(
                "When did it happen?", "On which day did the change happen, or begin?"
            ),
            "place": line("Where?", "Where did the change happen?"),
        },
        example={
            "outcome": "weaver-street-gate",
            "organisation": "mill-museum",
            "cohort": "heritage-2024",
            "social_actor": "Families on Weaver Street",
            "change_type": "action",
            "description": (
                "Unlocked the mill's side gate, shut since 1979, and open it themselves on"
                " the winter Sundays when we're closed."
            ),
            "contribution": (
                "We lent three of them a wall and, in September, a key. The gate was"
                " their own idea; we found out from the milkman."
            ),
            "significance": (
                "The first thing to happen at the mill that none of the 46 had to be asked to do."
            ),
            "anticipated": False,
            "sign": "positive",
            "happened_on": "2024-11-10",
            "place": "Weaver Street, Brackwater",
        },
        others={
            "links": ["https://brackwater-mill.example/visitors-book"],
        },
    ),
    TypeWords(
        OutcomeSubstantiated,
        (
            "Use this when you know of a change that another organisation has recorded, and can confirm"
            " or dispute it."
        ),
        then=(PublicationReleased,),
        fields={
            "outcome": line("Outcome", "Which outcome can you comment on?"),
            "organisation": line("Organisation", "Which organisation comments?"),
            "agreement": line(
                "Do you agree?", "How far do you agree with the account of the change?"
            ),
            "comment": lines("Your view", "What can you confirm, and what do you see differently?"),
        },
        example={
            "outcome": "key-policy",
            "organisation": "village-theatre",
            "agreement": "partial",
            "comment": (
                "It passed, and the library's record swung it. But the council had been trying"
                " to stop paying that officer since 2022."
            ),
        },
    ),
    TypeWords(
        JourneyCheckedIn,
        "Use this some months after a cohort's close, to record what became of the work.",
        then=(
            JourneyCheckedIn,
            OutcomeHarvested,
        ),
        fields={
            "organisation": line("Organisation", "Which organisation reports?"),
            "cohort": line("Cohort", "In which cohort did the work begin?"),
            "months_after": line(
                "Months since the close", "How many months after the close is this?"
            ),
            "status": line("How is the work doing?", "Is there more of it or less of it?"),
            "narrative": lines("In your own words", "What has become of the work?"),
        },
        example={
            "organisation": "mill-museum",
            "cohort": "heritage-2024",
            "months_after": 6,
            "status": "growing",
            "narrative": (
                "Seventh household on the wall. Average age of the volunteers is down to 63,"
                " because of one family with twins."
            ),
        },
    ),
    TypeWords(
        PublicationReleased,
        (
            "Use this when something is published for anyone to use. Everything that it cites has to be"
            " public."
        ),
        then=(PublicationWithdrawn,),
        fields={
            "cohort": line(
                "Cohort",
                "Which cohort publishes it?",
                "Leave it out if none does.",
            ),
            "organisation": line(
                "Organisation",
                "Which organisation publishes it?",
                "Leave it out if none does.",
            ),
            "kind": line("What is it?", "What kind of publication is it?"),
            "title": line("Title", "What is its title?"),
            "licence": line(
                "Licence",
                "Under which licence may others use it?",
                "Give its SPDX id, or NOASSERTION if you do not know.",
            ),
            "language": line(
                "Language", "In which language is it written?", "Give its tag, such as en."
            ),
            "cites": line(
                "What does it rest on?",
                "Which public questions, iterations, failures, learnings or outcomes does it cite?",
            ),
        },
        example={
            "publication": "label-wall-kit",
            "cohort": "heritage-2024",
            "organisation": "mill-museum",
            "kind": "toolkit",
            "title": "Lend Out a Wall: card, pencil, string and what to do about the row",
            "licence": "CC-BY-SA-4.0",
            "url": "https://brackwater-mill.example/lend-out-a-wall",
            "cites": [
                "iteration/label-wall-2",
                "iteration/label-wall-4",
                "learning/ask-at-the-object",
                "learning/whose-wall",
                "learning/hand-over-the-dusting",
            ],
        },
        others={
            "language": "en",
        },
    ),
    TypeWords(
        PublicationWithdrawn,
        "Use this when a publication should no longer be used.",
        then=(PublicationReleased,),
        fields={
            "publication": line("Publication", "Which publication do you withdraw?"),
            "reason": lines("Why it is withdrawn", "What is wrong with it, or who asked for it?"),
        },
        example={
            "publication": "snags-volume-one",
            "reason": (
                "The theatre's funder read about the marrow before hearing it from the theatre."
                " Nobody did anything forbidden; it was public when we printed it. It comes out"
                " again without that page."
            ),
        },
    ),
)
"""The words of each type."""

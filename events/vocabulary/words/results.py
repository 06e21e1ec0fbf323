"""The words of the types of `types.results`."""

from typing import Final

from events.vocabulary.types.results import (
    JourneyCheckedIn,
    OutcomeHarvested,
    OutcomeSubstantiated,
    PublicationReleased,
    PublicationWithdrawn,
)
from events.vocabulary.words.wording import TypeWords, many, one

WORDS: Final = (
    TypeWords(
        OutcomeHarvested,
        "Use this when somebody has changed what they do, and you had a part in it, intended or not.",
        then=(OutcomeSubstantiated, PublicationReleased),
        fields={
            "organisation": one(
                "Organisation", "Which organisation helped to bring it about?", "mill-museum"
            ),
            "social_actor": one(
                "Who changed?",
                "Which person, group or organisation changed?",
                "Families on Weaver Street",
            ),
            "change_type": one("What kind of change is it?", "What is different now?", "action"),
            "description": many(
                "What changed",
                "What do they do now that they did not do before?",
                "Unlocked the mill's side gate, shut since 1979, and open it themselves on the winter Sundays when"
                " we're closed.",
            ),
            "contribution": many(
                "Your part in it",
                "What did you do that helped to bring it about?",
                "We lent three of them a wall and, in September, a key. The gate was their own idea; we found out from"
                " the milkman.",
            ),
            "significance": many(
                "Why it matters",
                "Why is this change important?",
                "The first thing to happen at the mill that none of the 46 had to be asked to do.",
            ),
            "anticipated": one(
                "Was it expected?", "Did you expect or intend this change beforehand?", False
            ),
            "sign": one(
                "Is it a good change?", "Is the change for the better or for the worse?", "positive"
            ),
            "happened_on": one(
                "When did it happen?",
                "On which day did the change happen, or begin?",
                "2024-11-10",
            ),
            "place": one("Where?", "Where did the change happen?", "Weaver Street, Brackwater"),
        },
    ),
    TypeWords(
        OutcomeSubstantiated,
        "Use this when you know of a change that another organisation has recorded, and can confirm or dispute it.",
        then=(PublicationReleased,),
        fields={
            "outcome": one("Outcome", "Which outcome can you comment on?", "key-policy"),
            "organisation": one("Organisation", "Which organisation comments?", "mill-museum"),
            "agreement": one(
                "Do you agree?", "How far do you agree with the account of the change?", "partial"
            ),
            "comment": many(
                "Your view",
                "What can you confirm, and what do you see differently?",
                "It passed, and the library's record swung it. But the council had been trying to stop paying that"
                " officer since 2022.",
            ),
        },
    ),
    TypeWords(
        JourneyCheckedIn,
        "Use this some months after a cohort's close, to record what became of the work.",
        then=(JourneyCheckedIn, OutcomeHarvested),
        fields={
            "organisation": one("Organisation", "Which organisation reports?", "mill-museum"),
            "cohort": one("Cohort", "In which cohort did the work begin?", "heritage-2024"),
            "months_after": one(
                "Months since the close", "How many months after the close is this?", 6
            ),
            "status": one(
                "How is the work doing?", "Is there more of it or less of it?", "growing"
            ),
            "narrative": many(
                "In your own words",
                "What has become of the work?",
                "Seventh household on the wall. Average age of the volunteers is down to 63, because of one family"
                " with twins.",
            ),
        },
    ),
    TypeWords(
        PublicationReleased,
        "Use this when something is published for anyone to use. Everything that it cites has to be public.",
        then=(PublicationWithdrawn,),
        fields={
            "cohort": one("Cohort", "Which cohort publishes it, if one does?", "heritage-2024"),
            "organisation": one(
                "Organisation", "Which organisation publishes it, if one does?", "mill-museum"
            ),
            "kind": one("What is it?", "What kind of publication is it?", "report"),
            "title": one(
                "Title", "What is its title?", "With, Not For: nine months in the Wenn valley"
            ),
            "licence": one(
                "Licence",
                "Under which licence may others use it? Give its SPDX id, or NOASSERTION if you do not know.",
                "CC-BY-4.0",
            ),
            "language": one(
                "Language", "In which language is it written? Give its tag, such as en.", "cy"
            ),
            "cites": one(
                "What does it rest on?",
                "Which public questions, iterations, failures, learnings or outcomes does it cite?",
                ["iteration/label-wall-2", "learning/ask-at-the-object", "learning/whose-wall"],
            ),
        },
    ),
    TypeWords(
        PublicationWithdrawn,
        "Use this when a publication should no longer be used.",
        then=(PublicationReleased,),
        fields={
            "publication": one(
                "Publication", "Which publication do you withdraw?", "snags-volume-one"
            ),
            "reason": many(
                "Why it is withdrawn",
                "What is wrong with it, or who asked for it?",
                "The theatre's funder read about the marrow before hearing it from the theatre. Nobody did anything"
                " forbidden; it was public when we printed it. It comes out again without that page.",
            ),
        },
    ),
)
"""The words of each type."""

"""The words of the types of `types.learnings`."""

from typing import Final

from events.vocabulary.types.cohorts import CohortClosed, NoteAdded
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningAdopted,
    LearningCaptured,
    LearningChallenged,
    LearningRevised,
    ReviewHeld,
)
from events.vocabulary.types.questions import QuestionClosed, QuestionReframed
from events.vocabulary.types.record import VisibilityChanged
from events.vocabulary.types.results import PublicationReleased
from events.vocabulary.words.wording import TypeWords, many, one

WORDS: Final = (
    TypeWords(
        FailureRecorded,
        "Use this when something did not go as intended, whether it was large or small.",
        then=(
            LearningCaptured,
            FailureReclassified,
            ReviewHeld,
            QuestionReframed,
            VisibilityChanged,
        ),
        fields={
            "organisation": one(
                "Organisation", "Which organisation records the failure?", "mill-museum"
            ),
            "iteration": one(
                "Iteration",
                "Did it happen in one of your iterations? Which one?",
                "label-wall-1",
            ),
            "question": one(
                "Question",
                "Is it about one of your questions, or the one that the cohort shares? Which one?",
                "mill-labels",
            ),
            "for_whom": one(
                "Who was it a failure for?",
                "Who would call it a failure? Choose everyone: for others the same thing may be a success.",
                ["participants"],
            ),
        },
    ),
    TypeWords(
        FailureReclassified,
        "Use this when you see a failure in another light than when it was recorded.",
        then=(LearningCaptured, LearningRevised),
        fields={
            "failure": one(
                "Failure", "Which failure do you see differently now?", "library-thursday"
            ),
            "reason": many(
                "Why you see it differently",
                "What do you know now that you did not know then?",
                "I put inattention because I was cross, mostly with the trustees. Nobody was inattentive. Two evenings,"
                " one rota, school holidays and the alarm contract met in a way none of us could see from where we"
                " sat.",
            ),
        },
    ),
    TypeWords(
        LearningCaptured,
        "Use this when you know something that you did not know before, and want to pass on.",
        then=(
            LearningAdopted,
            LearningChallenged,
            QuestionReframed,
            QuestionClosed,
            IterationPlanned,
            VisibilityChanged,
        ),
        fields={
            "organisation": one("Organisation", "Which organisation learned it?", "mill-museum"),
            "statement": many(
                "What you learned",
                "What would you say to somebody who is about to do the same?",
                "Ask people while the thing is in front of them. At the exit they are thinking about the bus.",
            ),
            "loop": one(
                "What does it change?",
                "Does it change how you do things, what you believe, or how you learn?",
                "single",
            ),
            "from": one(
                "What did you learn it from?",
                "Which iterations, failures, questions, inspirations or earlier learnings led to it?",
                ["iteration/label-wall-1", "failure/mill-coats-on"],
            ),
        },
    ),
    TypeWords(
        LearningRevised,
        "Use this when what you learned needs other words, because you know more now.",
        then=(LearningAdopted,),
        fields={
            "learning": one("Learning", "Which learning are you rewording?", "put-up-a-mistake"),
            "statement": many(
                "What you would say now",
                "How would you put it today?",
                "A contribution that is answered within about a fortnight brings the next one; one that is not,"
                " doesn't. Ask for no more than you can answer by hand. Ours is about 12 a week in winter and 20 in"
                " summer.",
            ),
            "reason": many(
                "Why the wording changed",
                "What made you reword it?",
                "The archive is right and it stung a bit. Also somebody here had started making mistakes on purpose"
                " and enjoying it.",
            ),
        },
    ),
    TypeWords(
        LearningChallenged,
        "Use this when you doubt what another organisation has learned, and can say why.",
        then=(LearningRevised, NoteAdded),
        fields={
            "learning": one("Learning", "Which learning do you doubt?", "tea-before-tools"),
            "organisation": one("Organisation", "Which organisation doubts it?", "mill-museum"),
            "reason": many(
                "Why you doubt it",
                "What speaks against it, or is missing?",
                "We've served tea first since 1987 and we're still 46 people with an average age of 68. Four people"
                " and one month of March isn't evidence, it's nice weather.",
            ),
        },
    ),
    TypeWords(
        LearningAdopted,
        "Use this when you put to use what another organisation has learned.",
        then=(IterationPlanned,),
        fields={
            "learning": one("Learning", "Which learning do you put to use?", "two-pairs-of-eyes"),
            "organisation": one(
                "Organisation", "Which organisation puts it to use?", "library-trust"
            ),
            "iteration": one(
                "Iteration",
                "In which of your iterations do you put it to use, if in one?",
                "crowd-index-2",
            ),
            "adaptation": many(
                "What you do differently",
                "What did you change to make it fit?",
                "Two minders to each machine's label, and if they disagree both versions go on the card. We've asked"
                " for some of those slips.",
            ),
        },
    ),
    TypeWords(
        ReviewHeld,
        "Use this after you have sat down together to look back at what happened.",
        then=(LearningCaptured, IterationPlanned, PublicationReleased, CohortClosed),
        fields={
            "organisation": one("Organisation", "Which organisation looked back?", "mill-museum"),
            "iteration": one(
                "Iteration", "Did you look back at one iteration? Which one?", "memory-cards-2"
            ),
            "sustain": one(
                "What to keep",
                "What will you keep doing? One entry for each thing.",
                ["Six yards at a time", "Pencil", "Tea first, whatever the evidence"],
            ),
            "change": one(
                "What to change",
                "What will you do differently next time? One entry for each thing.",
                ["Insurance before invitations", "Walk the lane with whoever lives on it, first"],
            ),
        },
    ),
)
"""The words of each type."""

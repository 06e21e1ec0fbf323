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
from events.vocabulary.words.wording import TypeWords, line, lines

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
            "organisation": line("Organisation", "Which organisation records the failure?"),
            "cohort": line(
                "Cohort",
                "Which cohort is this part of?",
                "Leave it out if it is that of the iteration or question, or if there is none.",
            ),
            "iteration": line(
                "Iteration",
                "In which of your iterations did it happen?",
                "Leave it out if it happened in none.",
            ),
            "question": line(
                "Question",
                "Which question is it about: one of yours, or the one that the cohort shares?",
                "Leave it out if it is about none.",
            ),
            "failure_type": line(
                "What type of failure was it?",
                "Was it basic, complex or intelligent?",
                "Leave it out if you are not sure.",
            ),
            "failure_cause": line(
                "What was the main cause?",
                "Which cause comes nearest? A failure of cause deviance is private, or shared with paired organisations"
                " at most.",
                "Leave it out if you are not sure.",
            ),
            "facet": line(
                "Which side of the work is it about?",
                "Was it the purpose, the way it was run, who took part, the work itself or how others saw it?",
                "Leave it out if you are not sure.",
            ),
            "degree": line(
                "How did it turn out?",
                "Where does the result lie, from outright failure to outright success?",
            ),
            "for_whom": line(
                "Who was it a failure for?",
                "Who would call it a failure? For others, the same thing may be a success.",
                "Choose everyone.",
            ),
        },
        example={
            "failure": "mill-coats-on",
            "organisation": "mill-museum",
            "cohort": "heritage-2024",
            "iteration": "label-wall-1",
            "intended": "Ten labels a Sunday from people who know the machines.",
            "actual": "Six in a month.",
            "why": "We put the table where we had room for a table.",
            "failure_type": "basic",
            "failure_cause": "process_inadequacy",
            "facet": "participation",
            "degree": "precarious_failure",
            "for_whom": ["participants"],
            "themes": ["labels", "asking"],
        },
        others={
            "question": "mill-labels",
            "links": ["https://brackwater-mill.example/visitors-book"],
        },
    ),
    TypeWords(
        FailureReclassified,
        "Use this when you see a failure in another light than when it was recorded.",
        then=(
            LearningCaptured,
            LearningRevised,
        ),
        fields={
            "failure": line("Failure", "Which failure do you see differently now?"),
            "failure_type": line(
                "What type of failure is it now?",
                "Is it basic, complex or intelligent, as you see it now?",
                "Leave it out if it stays.",
            ),
            "failure_cause": line(
                "What is the main cause now?",
                (
                    "Which cause comes nearest, as you see it now? A failure of cause deviance is"
                    " private, or shared with paired organisations at most."
                ),
                "Leave it out if it stays.",
            ),
            "facet": line(
                "Which side of the work is it about now?",
                (
                    "Was it the purpose, the way it was run, who took part, the work itself or how others"
                    " saw it?"
                ),
                "Leave it out if it stays.",
            ),
            "degree": line(
                "How did it turn out, as you see it now?",
                "Where does the result lie now, from outright failure to outright success?",
                "Leave it out if it stays.",
            ),
            "reason": lines(
                "Why you see it differently", "What do you know now that you did not know then?"
            ),
        },
        example={
            "failure": "library-thursday",
            "failure_type": "complex",
            "failure_cause": "process_complexity",
            "reason": (
                "I put inattention because I was cross, mostly with the trustees. Nobody was"
                " inattentive. Two evenings, one rota, school holidays and the alarm contract"
                " met in a way none of us could see from where we sat."
            ),
        },
        others={
            "facet": "process",
            "degree": "precarious_failure",
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
            "organisation": line("Organisation", "Which organisation learned it?"),
            "statement": lines(
                "What you learned", "What would you say to somebody who is about to do the same?"
            ),
            "loop": line(
                "What does it change?",
                "Does it change how you do things, what you believe, or how you learn?",
            ),
            "from": line(
                "What did you learn it from?",
                "Which iterations, failures, questions, inspirations or earlier learnings led to it?",
            ),
        },
        example={
            "learning": "ask-at-the-object",
            "organisation": "mill-museum",
            "cohort": "heritage-2024",
            "statement": (
                "Ask people while the thing is in front of them. At the exit they are"
                " thinking about the bus."
            ),
            "loop": "single",
            "evidence_level": 3,
            "from": ["iteration/label-wall-1", "failure/mill-coats-on"],
            "themes": ["labels", "asking", "contributions"],
        },
    ),
    TypeWords(
        LearningRevised,
        "Use this when what you learned needs other words, because you know more now.",
        then=(LearningAdopted,),
        fields={
            "learning": line("Learning", "Which learning are you rewording?"),
            "statement": lines("What you would say now", "How would you put it today?"),
            "reason": lines("Why the wording changed", "What made you reword it?"),
        },
        example={
            "learning": "put-up-a-mistake",
            "statement": (
                'Leave something visibly unfinished: a gap, a question mark, "we think".'
                " Never knowingly wrong. Most of the sixty-four labels put us right about"
                " something; people will correct you long before they'll contribute."
            ),
            "reason": (
                "The archive is right and it stung a bit. Also somebody here had started making"
                " mistakes on purpose and enjoying it."
            ),
        },
    ),
    TypeWords(
        LearningChallenged,
        "Use this when you doubt what another organisation has learned, and can say why.",
        then=(
            LearningRevised,
            NoteAdded,
        ),
        fields={
            "learning": line("Learning", "Which learning do you doubt?"),
            "organisation": line("Organisation", "Which organisation doubts it?"),
            "reason": lines("Why you doubt it", "What speaks against it, or is missing?"),
        },
        example={
            "learning": "tea-before-tools",
            "organisation": "mill-museum",
            "reason": (
                "We've served tea first since 1987 and we're still 46 people with an average"
                " age of 68. Four people and one month of March isn't evidence, it's nice"
                " weather."
            ),
        },
    ),
    TypeWords(
        LearningAdopted,
        "Use this when you put to use what another organisation has learned.",
        then=(IterationPlanned,),
        fields={
            "learning": line("Learning", "Which learning do you put to use?"),
            "organisation": line("Organisation", "Which organisation puts it to use?"),
            "cohort": line(
                "Cohort",
                "Which cohort is this part of?",
                "Leave it out if it is that of the iteration or, without one, of the learning.",
            ),
            "iteration": line(
                "Iteration",
                "In which of your iterations do you put it to use?",
                "Leave it out if it is in none.",
            ),
            "adaptation": lines("What you do differently", "What did you change to make it fit?"),
        },
        example={
            "learning": "ask-at-the-object",
            "organisation": "library-trust",
            "cohort": "heritage-2024",
            "iteration": "memory-cards-2",
            "adaptation": "Inside the book, at the page. Adopted twelve weeks and 582 postcards late.",
        },
    ),
    TypeWords(
        ReviewHeld,
        "Use this after you have sat down together to look back at what happened.",
        then=(
            LearningCaptured,
            IterationPlanned,
            PublicationReleased,
            CohortClosed,
        ),
        fields={
            "organisation": line("Organisation", "Which organisation looked back?"),
            "cohort": line(
                "Cohort",
                "Which cohort is this part of?",
                "Leave it out if it is the iteration's, or if there is none.",
            ),
            "iteration": line(
                "Iteration",
                "Which iteration did you look back at?",
                "Leave it out if you looked back at more than one, or at something else.",
            ),
            "sustain": line(
                "What to keep", "What will you keep doing?", "One entry for each thing."
            ),
            "change": line(
                "What to change",
                "What will you do differently next time?",
                "One entry for each thing.",
            ),
        },
        example={
            "organisation": "library-trust",
            "cohort": "heritage-2024",
            "iteration": "memory-cards-2",
            "intended": "15 cards a week.",
            "actual": "22.5, and 19 people who now write to a library.",
            "why": (
                "Mostly the reply. We only thought to test it because we had already failed at"
                " everything cheaper."
            ),
            "sustain": ["Replies by hand, signed"],
            "change": [
                (
                    "Stop not answering the control group; they were owed 31 replies and have"
                    " now had them"
                )
            ],
        },
        others={
            "links": ["https://keepers.example/pictures/first-day"],
        },
    ),
)
"""The words of each type."""

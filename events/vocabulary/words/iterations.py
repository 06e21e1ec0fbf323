"""The words of the types of `types.iterations`."""

from typing import Final

from events.vocabulary.types.cohorts import CohortClosed
from events.vocabulary.types.exchange import HelpAsked
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.vocabulary.types.learnings import FailureRecorded, LearningCaptured, ReviewHeld
from events.vocabulary.words.wording import TypeWords, many, one

WORDS: Final = (
    TypeWords(
        IterationPlanned,
        "Use this when you have decided what to try next, before you begin.",
        then=(IterationStarted, IterationRevised, IterationConcluded),
        fields={
            "question": one(
                "Question",
                "Which question do you want to get further with? It is your own or the one that the cohort shares.",
                "mill-labels",
            ),
            "title": one(
                "Name of the iteration",
                "What do you call it, so that others recognise it?",
                "Blank labels by the way out",
            ),
            "participation_level": one(
                "How far can people take part?",
                "At which level are people to take part? The levels are not a ranking.",
                "consult",
            ),
            "modes": one(
                "How can people take part?",
                "In which ways are people to take part?",
                ["tell_stories"],
            ),
            "follows": one(
                "Earlier iteration",
                "Which of your concluded iterations does it follow on from?",
                "label-wall-1",
            ),
            "inspired_by": one(
                "Where did the idea come from?",
                "Which inspirations, learnings or iterations gave you the idea?",
                ["inspiration/glassworks-visit"],
            ),
            "starts_on": one("First day", "On which day do you plan to begin?", "2024-02-04"),
            "ends_on": one("Last day", "On which day do you plan to finish?", "2024-02-25"),
        },
    ),
    TypeWords(
        IterationRevised,
        "Use this when you change the plan before you begin. Afterwards the plan is frozen.",
        then=(IterationStarted,),
        fields={
            "iteration": one("Iteration", "Which plan do you change?", "label-wall-2"),
            "action": many(
                "What you will do",
                "What will you do instead? Leave it out if it stays as it is.",
                "Six blanks hung beside six machines, each with a pencil on a string. A retired minder in a chair"
                " within earshot.",
            ),
            "reason": many(
                "Why the plan changed",
                "What made you change the plan?",
                "Of the four biros, one is left. Pencils stay where they're tied.",
            ),
        },
    ),
    TypeWords(
        IterationStarted,
        "Use this on the day on which you begin. From then on the plan stays as it is.",
        then=(ObservationRecorded, ParticipationRecorded, HelpAsked),
        fields={"iteration": one("Iteration", "Which iteration begins?", "label-wall-1")},
    ),
    TypeWords(
        ObservationRecorded,
        "Use this whenever you have seen, heard or counted something that bears on the hypothesis.",
        then=(ObservationRecorded, FailureRecorded, IterationConcluded),
        fields={
            "iteration": one(
                "Iteration", "During which iteration did you observe it?", "label-wall-1"
            ),
            "text": many(
                "What you observed",
                "What did you see, hear or count?",
                "Three labels from 61 visitors. One is a very good drawing of a horse. We have never had a horse.",
            ),
            "measure": one(
                "What did you measure?",
                "Which measure does the value belong to? Use the words of the plan if it is the plan's measure.",
                "labels written per open day",
            ),
            "value": one("Value", "What number did you get?", 3),
            "unit": one("Unit", "What does the number count, such as labels or minutes?", "labels"),
            "sample_size": one(
                "Out of how many?", "How many people or cases did you look at in all?", 61
            ),
            "evidence_kind": one(
                "What kind of evidence is it?",
                "Did somebody say it, do it, or commit something to it?",
                "did_in_real_life",
            ),
        },
    ),
    TypeWords(
        ParticipationRecorded,
        "Use this when people have taken part, each time or as a total for a period.",
        then=(ObservationRecorded, IterationConcluded),
        fields={
            "iteration": one("Iteration", "In which iteration did they take part?", "tea-first"),
            "people": one("How many people?", "How many people took part?", 14),
            "level": one(
                "How far did they take part?",
                "At which level did they take part? The levels are not a ranking.",
                "involve",
            ),
        },
    ),
    TypeWords(
        IterationConcluded,
        "Use this when an iteration is over and you have decided what to do next.",
        then=(LearningCaptured, FailureRecorded, ReviewHeld, IterationPlanned, CohortClosed),
        fields={
            "iteration": one("Iteration", "Which iteration is over?", "late-tuesday"),
            "result": one(
                "What did it show?", "Does what you saw support your hypothesis?", "supported"
            ),
            "decision": one("What is next?", "What will you do now?", "scale"),
            "summary": many(
                "What came out",
                "What happened, and what do you conclude from it?",
                "Two Tuesdays, 34 and 41 against a target of 20. The trustees voted to add Thursdays the same night. I"
                " pointed out that two evenings are not a pattern. That I pointed it out is minuted.",
            ),
            "hours": one(
                "Hours spent", "How many hours did people of your organisation spend on it?", 22
            ),
            "cost": one(
                "Money spent",
                "How much money did you spend on it?",
                {"amount": 38.5, "currency": "GBP"},
            ),
            "cost.amount": one("Amount", "How much was it?", 38.5),
            "cost.currency": one(
                "Currency", "In which currency? Give the three letters of ISO 4217.", "GBP"
            ),
        },
    ),
)
"""The words of each type."""

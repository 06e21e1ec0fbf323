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
from events.vocabulary.words.wording import TypeWords, line, lines

WORDS: Final = (
    TypeWords(
        IterationPlanned,
        "Use this when you have decided what to try next, before you begin.",
        then=(
            IterationStarted,
            IterationRevised,
            IterationConcluded,
        ),
        fields={
            "organisation": line("Organisation", "Which organisation plans the iteration?"),
            "cohort": line(
                "Cohort",
                "Which cohort is this part of?",
                "Leave it out if it is the question's, or if there is none.",
            ),
            "question": line(
                "Question",
                (
                    "Which question do you want to get further with? It is your own or the one that the"
                    " cohort shares."
                ),
            ),
            "title": line(
                "Name of the iteration", "What do you call it, so that others recognise it?"
            ),
            "hypothesis": lines(
                "What you believe",
                "What do you believe will happen, and why?",
                '"If …, then …" is a good form.',
            ),
            "action": lines("What you will do", "What exactly will you do, where, and with whom?"),
            "measure": line(
                "What will you measure?",
                "What will you count or compare? Observations on this measure decide whether the hypothesis holds.",
            ),
            "criterion": line(
                "What counts as success?",
                "Which value of the measure would you call a success?",
                "Decide before you start.",
            ),
            "participation_level": line(
                "How far can people take part?",
                "At which level are people to take part? The levels are not a ranking.",
            ),
            "modes": line("How can people take part?", "In which ways are people to take part?"),
            "follows": line(
                "Earlier iteration", "Which of your concluded iterations does it follow on from?"
            ),
            "inspired_by": line(
                "Where did the idea come from?",
                "Which inspirations, learnings or iterations gave you the idea?",
            ),
            "starts_on": line("First day", "On which day do you plan to begin?"),
            "ends_on": line("Last day", "On which day do you plan to finish?"),
        },
        example={
            "iteration": "label-wall-2",
            "organisation": "mill-museum",
            "cohort": "heritage-2024",
            "question": "mill-labels",
            "title": "Blank labels where the argument is",
            "hypothesis": (
                "If the blank label hangs beside the machine, with someone who worked it"
                " sitting near, people will write on it."
            ),
            "action": "Six blanks hung beside six machines. A retired minder in a chair within earshot.",
            "measure": "labels written per open day",
            "criterion": "At least 10 per open day, four open days running",
            "participation_level": "involve",
            "modes": ["tell_stories", "contribute_ideas"],
            "follows": "label-wall-1",
            "inspired_by": ["inspiration/glassworks-visit"],
            "starts_on": "2024-03-24",
            "ends_on": "2024-04-14",
            "themes": ["labels", "oral history"],
        },
    ),
    TypeWords(
        IterationRevised,
        "Use this when you change the plan before you begin. Afterwards the plan is frozen.",
        then=(IterationStarted,),
        fields={
            "iteration": line("Iteration", "Which plan do you change?"),
            "hypothesis": lines(
                "What you believe now",
                "What do you believe will happen, and why?",
                "Leave it out if it stays.",
            ),
            "action": lines(
                "What you will do",
                "What will you do instead?",
                "Leave it out if it stays.",
            ),
            "measure": line(
                "What will you measure now?",
                "What will you count or compare instead?",
                "Leave it out if it stays.",
            ),
            "criterion": line(
                "What counts as success now?",
                "Which value of the measure would you call a success?",
                "Leave it out if it stays.",
            ),
            "reason": lines("Why the plan changed", "What made you change the plan?"),
        },
        example={
            "iteration": "label-wall-2",
            "action": (
                "Six blanks hung beside six machines, each with a pencil on a string. A retired"
                " minder in a chair within earshot."
            ),
            "reason": "Of the four biros, one is left. Pencils stay where they're tied.",
        },
        others={
            "hypothesis": (
                "If the blank label hangs beside the machine, with someone who worked it"
                " sitting near, people will write on it."
            ),
            "measure": "labels written per open day",
            "criterion": "At least 10 per open day, four open days running",
        },
    ),
    TypeWords(
        IterationStarted,
        "Use this on the day on which you begin. From then on the plan stays as it is.",
        then=(
            ObservationRecorded,
            ParticipationRecorded,
            HelpAsked,
        ),
        fields={
            "iteration": line("Iteration", "Which iteration begins?"),
        },
        example={
            "iteration": "label-wall-1",
        },
    ),
    TypeWords(
        ObservationRecorded,
        "Use this whenever you have seen, heard or counted something that bears on the hypothesis.",
        then=(
            ObservationRecorded,
            FailureRecorded,
            IterationConcluded,
        ),
        fields={
            "iteration": line("Iteration", "During which iteration did you observe it?"),
            "text": lines("What you observed", "What did you see, hear or count?"),
            "measure": line(
                "What did you measure?",
                "Which measure does the value belong to?",
                "Use the words of the plan if it is the plan's measure.",
            ),
            "value": line("Value", "What number did you get?"),
            "unit": line("Unit", "What does the number count, such as labels or minutes?"),
            "sample_size": line(
                "Out of how many?", "How many people or cases did you look at in all?"
            ),
            "evidence_kind": line(
                "What kind of evidence is it?",
                "Did somebody say it, do it, or commit something to it?",
            ),
        },
        example={
            "iteration": "label-wall-1",
            "text": (
                "Three labels from 61 visitors. One is a very good drawing of a horse. We have"
                " never had a horse."
            ),
            "measure": "labels written per open day",
            "value": 3,
            "unit": "labels",
            "sample_size": 61,
            "evidence_kind": "did_in_real_life",
        },
        others={
            "links": ["https://brackwater-mill.example/visitors-book"],
        },
    ),
    TypeWords(
        ParticipationRecorded,
        "Use this when people have taken part, each time or as a total for a period.",
        then=(
            ObservationRecorded,
            IterationConcluded,
        ),
        fields={
            "iteration": line("Iteration", "In which iteration did they take part?"),
            "people": line("How many people?", "How many people took part?"),
            "level": line(
                "How far did they take part?",
                "At which level did they take part? The levels are not a ranking.",
            ),
            "mode": line("How did people take part?", "Which of these ways comes nearest?"),
        },
        example={
            "iteration": "tea-first",
            "people": 14,
            "level": "involve",
            "mode": "give_time",
        },
    ),
    TypeWords(
        IterationConcluded,
        "Use this when an iteration is over and you have decided what to do next.",
        then=(
            LearningCaptured,
            FailureRecorded,
            ReviewHeld,
            IterationPlanned,
            CohortClosed,
        ),
        fields={
            "iteration": line("Iteration", "Which iteration is over?"),
            "result": line("What did it show?", "Does what you saw support your hypothesis?"),
            "decision": line("What is next?", "What will you do now?"),
            "summary": lines("What came out", "What happened, and what do you conclude from it?"),
            "hours": line(
                "Hours spent", "How many hours did people of your organisation spend on it?"
            ),
            "cost": line("Money spent", "How much money did you spend on it?"),
            "cost.amount": line("Amount", "How much was it?"),
            "cost.currency": line(
                "Currency", "In which currency?", "Give the three letters of ISO 4217."
            ),
        },
        example={
            "iteration": "late-tuesday",
            "result": "supported",
            "decision": "scale",
            "evidence_level": 1,
            "summary": (
                "Two Tuesdays, 34 and 41 against a target of 20. The trustees voted to add"
                " Thursdays the same night. I pointed out that two evenings are not a pattern."
                " That I pointed it out is minuted."
            ),
            "hours": 22,
            "cost": {
                "amount": 38.5,
                "currency": "GBP",
            },
        },
    ),
)
"""The words of each type."""

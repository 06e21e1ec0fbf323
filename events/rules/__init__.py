"""The rules: pure functions of an event and the present state of the subjects that it names. `judge` applies them."""

from events.rules import cohorts, corrections, iterations, learnings, questions, record, sessions
from events.rules.rule import HINTS, RULES, Case, Rule, advice, broken
from events.rules.stages import STAGES, advice_for, rules_for

__all__ = [
    "HINTS",
    "RULES",
    "STAGES",
    "Case",
    "Rule",
    "advice",
    "advice_for",
    "broken",
    "cohorts",
    "corrections",
    "iterations",
    "learnings",
    "questions",
    "record",
    "rules_for",
    "sessions",
]

"""The rules: pure functions of an event and the present state of the subjects that it names. `judge` applies them."""

from events.rules import (
    cohorts,
    corrections,
    iterations,
    learnings,
    questions,
    record,
    sessions,
)
from events.rules.rule import HINTS, RULES, Case, Rule, advice, broken

__all__ = [
    "HINTS",
    "RULES",
    "Case",
    "Rule",
    "advice",
    "broken",
    "cohorts",
    "corrections",
    "iterations",
    "learnings",
    "questions",
    "record",
    "sessions",
]

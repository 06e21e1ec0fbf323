"""The rules: pure functions of an event and the present state of the subjects that it names. `judge` applies them."""

from events.rules import (
    cohorts,
    corrections,
    iterations,
    learnings,
    questions,
    record,
    revisions,
    sessions,
)
from events.rules.rule import ADVICE, RULES, Case, Rule, advised, broken
from events.rules.stages import STAGES, advice_for, rules_for

__all__ = [
    "ADVICE",
    "RULES",
    "STAGES",
    "Case",
    "Rule",
    "advice_for",
    "advised",
    "broken",
    "cohorts",
    "corrections",
    "iterations",
    "learnings",
    "questions",
    "record",
    "revisions",
    "rules_for",
    "sessions",
]

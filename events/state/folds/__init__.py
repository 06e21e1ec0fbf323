"""How each event changes the state of the subjects it names: one function per event type and kind of subject.

A fold takes the state before the event (None if the subject does not exist) and returns the state after it. A type and
kind without a fold changes nothing. `events.state.folding` applies them.

Folds read only the event's data and what never changes in other subjects (the owner and cohort of a question), so that
folding a subject's own stream again gives the same state.
"""

from events.state.folds import (
    cohorts,
    exchange,
    iterations,
    learnings,
    questions,
    record,
    results,
    sessions,
)
from events.state.folds.declared import FOLDS, Fold

__all__ = [
    "FOLDS",
    "Fold",
    "cohorts",
    "exchange",
    "iterations",
    "learnings",
    "questions",
    "record",
    "results",
    "sessions",
]

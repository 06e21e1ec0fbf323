"""The sheet of a workshop: a row for each trial, with what was tried, what happened and what was learned.

A row becomes an event for each of these that it says: the plan, the beginning, an observation, who took part, the
conclusion, a failure and a learning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types import EventType
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.vocabulary.types.learnings import FailureRecorded, LearningCaptured
from service.pages.record.form import Field, Widget
from service.pages.sheets.columns import Layout, Part, fields_of

BEGAN: Final = "began"
_OWNER: Final = {"organisation": "organisation", "cohort": "cohort"}
_THEMES: Final = {"themes": "themes"}
_TRIAL: Final = {"iteration": ("iteration",)}


def _part(
    model: type[EventType],
    columns: Mapping[str, str],
    links: Mapping[str, Sequence[str]] = _TRIAL,
    any_of: Sequence[str] = (),
    condition: str = "",
    *,
    begins: bool = False,
) -> Part:
    kind, time = VOCABULARY.of(model), BEGAN if begins else "time"
    return Part(kind, columns, links, frozenset(any_of), condition, time, f"/{kind.name}")


_PARTS: Final = (
    _part(
        IterationPlanned,
        {
            "iteration": "iteration",
            **_OWNER,
            "question": "question",
            "title": "title",
            "hypothesis": "hypothesis",
            "action": "tried",
            "measure": "measure",
            "criterion": "criterion",
            "modes": "modes",
            **_THEMES,
        },
        {},
        begins=True,
    ),
    _part(IterationStarted, {}, begins=True),
    _part(
        ObservationRecorded,
        {
            "text": "happened",
            "measure": "measure",
            "value": "value",
            "unit": "unit",
            "evidence_kind": "evidence_kind",
        },
        any_of=("happened", "value", "unit", "evidence_kind"),
        condition="As soon as something was observed.",
    ),
    _part(
        ParticipationRecorded,
        {"people": "people", "level": "level"},
        any_of=("people", "level"),
        condition="If you know how many people took part.",
    ),
    _part(
        IterationConcluded,
        {
            "result": "result",
            "decision": "decision",
            "evidence_level": "evidence_level",
            "summary": "happened",
        },
        any_of=("result", "decision"),
        condition="Once the trial is over.",
    ),
    _part(
        FailureRecorded,
        {
            "failure": "failure",
            **_OWNER,
            "question": "question",
            "intended": "hypothesis",
            "actual": "happened",
            "why": "why",
            "degree": "degree",
            "for_whom": "for_whom",
            **_THEMES,
        },
        any_of=("why", "degree", "for_whom"),
        condition="If something failed.",
    ),
    _part(
        LearningCaptured,
        {
            "learning": "learning",
            **_OWNER,
            "statement": "learned",
            "loop": "loop",
            "evidence_level": "evidence_level",
            **_THEMES,
        },
        {"from": ("iteration", "failure")},
        any_of=("learned", "loop"),
        condition="If you learned something.",
    ),
)
_MADE: Final = ("iteration", "failure", "learning")
_ORDER: Final = (
    "organisation",
    "cohort",
    "question",
    "title",
    "hypothesis",
    "tried",
    "measure",
    "criterion",
    "happened",
    "evidence_kind",
    "value",
    "unit",
    "people",
    "level",
    "result",
    "decision",
    "evidence_level",
    "why",
    "degree",
    "for_whom",
    "learned",
    "loop",
    "modes",
    "themes",
)
"""The columns in the order in which a workshop says them."""
_WORDS: Final = {
    "tried": ("What we tried", "What exactly did you do, where, and with whom?", ""),
    "happened": (
        "What happened",
        "What did you see, hear or count?",
        "It is the observation, what came out of the trial and, if something failed, what happened instead.",
    ),
    "learned": ("What we learned", "What do you know now that you did not know before?", ""),
    "question": ("Question", "Which question was the trial to get further with?", ""),
    "organisation": ("Organisation", "Which organisation tried it?", ""),
    "cohort": ("Cohort", "Which cohort is this part of?", ""),
}
"""Title, question and hint of columns whose words in a form are about one event alone."""
_NEEDED: Final = {
    # A plan and a failure are part of the cohort of their question; a learning is part of the one that it names.
    "cohort": "What you learned would not be part of the cohort. Work outside of cohorts has sheets of its own.",
}
_BEGAN_WORDS: Final = Field(
    BEGAN,
    Widget.DAY,
    "When it began",
    "When did the trial begin?",
    "Leave it empty if it was on the same day.",
    None,
)


def _fields() -> Mapping[str, Field]:
    found: dict[str, Field] = {}
    for part in _PARTS:
        own = fields_of(part.kind)
        for name, column in part.columns.items():
            if name in own and column not in found:
                found[column] = _worded(column, own[name], is_required=not part.any_of)
    return {column: found[column] for column in _ORDER}


def _worded(column: str, field: Field, *, is_required: bool) -> Field:
    title, question, hint = _WORDS.get(column, (field.title, field.question, field.hint))
    return replace(
        field,
        name=column,
        title=title,
        question=question,
        hint=hint,
        is_required=is_required and (field.is_required or column in _NEEDED),
    )


TRIAL: Final = Layout(
    "trial",
    "A trial",
    "Use this for the notes of a workshop: one row for each trial, with what you tried, what happened and what you "
    "learned.",
    _fields(),
    _MADE,
    _PARTS,
    {BEGAN: _BEGAN_WORDS},
    _NEEDED,
    # Nobody claims too much with the lowest level. No other list has a term that is always true.
    defaults={"evidence_level": "1"},
    left_open={
        "result": "the trial stays under way until its result is recorded. Fill it in later, and send the file again"
    },
    rarely=frozenset(
        ("measure", "criterion", "value", "unit", "people", "level", "modes", "themes")
    ),
)
"""The layout of a workshop's sheet."""

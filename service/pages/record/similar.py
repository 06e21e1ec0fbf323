"""What is known already about a plan or a question that somebody is writing: what was tried, and who asks alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.questions import QuestionFramed
from service.pages.frame.page import Answer, Query, with_fragments
from service.pages.record.form import Form
from service.pages.record.reading import Given, data_of

ALIKE: Final = Query(
    "record-alike.graphql",
    with_fragments(
        "query Alike($text: String!, $language: String) {\n"
        "  insights { similarQuestions(text: $text, language: $language) {\n"
        "    list { questionSubject { ...NamedQuestion } }\n"
        "  } }\n"
        "}\n"
    ),
)
"""The query for open questions whose wording is similar to one that is being written."""

TRIED: Final = Query(
    "record-tried.graphql",
    with_fragments(
        "query Tried($mode: Mode, $level: ParticipationLevel, $themes: [String!]) {\n"
        "  insights { triedBefore(mode: $mode, level: $level, themes: $themes) {\n"
        "    decided share low high itemSubjects { ...NamedIteration }\n"
        "  } }\n"
        "}\n"
    ),
)
"""The query for concluded iterations that are like one that is being planned."""

_CHARACTERS_MAX: Final = 2_000
_SHARES_FROM: Final = 5
"""From how many iterations on shares are given."""


@dataclass(frozen=True)
class Similar:
    """What is known already. `decided` iterations like the planned one showed something, `supported` what was hoped.

    `low` and `high` are the 95 % interval of the share, None if they are too few. `is_plan` says whether it is about a
    plan or about a question.
    """

    is_plan: bool
    subjects: Sequence[Mapping[str, Any]]
    decided: int = 0
    supported: int = 0
    low: float | None = None
    high: float | None = None


def can_look(form: Form) -> bool:
    """Return whether something similar to what a form says can be looked for."""
    return form.kind.model in (IterationPlanned, QuestionFramed)


def asked(form: Form, given: Given) -> tuple[Query, Mapping[str, Any]] | None:
    """Return what to ask the graph about what is typed so far, None if that is not enough."""
    data = data_of(form, given)
    if form.kind.model is QuestionFramed:
        text = str(data.get("text", ""))[:_CHARACTERS_MAX].replace("\0", "")
        return (ALIKE, {"text": text, "language": data.get("language")}) if text else None
    if form.kind.model is not IterationPlanned:
        return None
    modes, level = data.get("modes", []), data.get("participation_level")
    variables = {
        # The figure takes one mode; a plan with several is like those with any.
        "mode": modes[0].upper() if len(modes) == 1 else None,
        "level": level and level.upper(),
        "themes": data.get("themes"),
    }
    return (TRIED, variables) if any(variables.values()) else None


def similar(answer: Answer) -> Similar:
    """Return what the graph knows."""
    insights = answer["insights"]
    if "similarQuestions" in insights:
        found = (insights["similarQuestions"] or {"list": ()})["list"]
        subjects = [one["questionSubject"] for one in found if one["questionSubject"] is not None]
        return Similar(False, subjects)
    tried = insights["triedBefore"]
    if tried is None:
        return Similar(True, ())
    decided = tried["decided"]
    is_enough = decided >= _SHARES_FROM
    return Similar(
        True,
        [one for one in tried["itemSubjects"] if one is not None],
        decided,
        round((tried["share"] or 0) * decided),
        tried["low"] if is_enough else None,
        tried["high"] if is_enough else None,
    )

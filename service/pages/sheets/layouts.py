"""All layouts of sheets, by what a sheet may be called."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.cohorts import (
    CohortFormed,
    OrganisationJoined,
    OrganisationRegistered,
)
from events.vocabulary.types.learnings import LearningAdopted
from events.vocabulary.types.questions import QuestionFramed
from service.pages.record.offers import FIRST, SOONER
from service.pages.sheets.columns import (
    TIME,
    Layout,
    Part,
    fields_of,
    kind_called,
    layout_of,
    plain,
)
from service.pages.sheets.trials import TRIAL

COMMON: Final = (
    TRIAL,
    *(layout_of(kind) for kind in VOCABULARY.kinds if kind.model in (*FIRST, *SOONER)),
)
"""The layouts of which a template has a sheet: that of workshops, then common types in the order of the vocabulary."""

_REGISTERED: Final = VOCABULARY.of(OrganisationRegistered)
_JOINED: Final = VOCABULARY.of(OrganisationJoined)
_REGISTERING: Final = fields_of(_REGISTERED)
_JOINING: Final = fields_of(_JOINED)
MEMBER: Final = Layout(
    "member",
    "An organisation of the cohort",
    "Use this for an organisation that is new and joins a cohort: one row for each.",
    {
        name: fields[name]
        for name, fields in (
            *((name, _REGISTERING) for name in ("name", "sector")),
            ("cohort", _JOINING),
            *((name, _REGISTERING) for name in ("purpose", "country")),
            ("motivation", _JOINING),
        )
    },
    ("organisation",),
    (
        Part(
            _REGISTERED,
            {name: name for name in ("organisation", *_REGISTERING)},
            ending=f"/{_REGISTERED.name}",
        ),
        Part(
            _JOINED,
            {"cohort": "cohort", "motivation": "motivation"},
            {"organisation": ("organisation",)},
            ending=f"/{_JOINED.name}",
        ),
    ),
    empty={
        TIME: "Leave it empty if it joined when the cohort of this workbook was formed.",
        "cohort": "Leave it empty if this workbook forms one.",
    },
    rarely=frozenset({"cohort", "purpose", "country", "motivation"}),
)
"""The layout of a sheet with the organisations of a cohort."""


_QUESTION: Final = layout_of(VOCABULARY.of(QuestionFramed))
_OF_COHORT: Final = replace(_QUESTION.fields["cohort"], hint="", is_required=True)
ASKED: Final = replace(
    _QUESTION,
    name="question",
    title="A question of the cohort",
    use_when="Use this for a question that an organisation of a cohort works on.",
    fields={**_QUESTION.fields, "cohort": _OF_COHORT},
    needed={
        "cohort": f"Questions outside of cohorts have a sheet of their own, {_QUESTION.title!r}."
    },
    empty={"cohort": MEMBER.empty["cohort"]},
    rarely=_QUESTION.rarely | {"cohort", "parent"},
)
"""The layout of a sheet with questions that are always part of a cohort."""
_OWN: Final = (TRIAL, MEMBER, ASKED)
"""The layouts that are not those of a type."""

FIRST_SHEETS: Final = 5
"""How many of the layouts that begin a cohort a first record needs."""


def beginning() -> Sequence[Layout]:
    """Return the layouts of a template that begins a cohort, in the order in which one fills in their sheets."""
    forming = layout_of(VOCABULARY.of(CohortFormed))
    needless = {name for name, one in forming.fields.items() if not one.is_required}
    adopted = layout_of(VOCABULARY.of(LearningAdopted))
    trial = replace(TRIAL, empty={"cohort": MEMBER.empty["cohort"]})
    return (
        replace(forming, rarely=forming.rarely | needless),
        MEMBER,
        ASKED,
        replace(trial, rarely=trial.rarely | {"cohort"}),
        adopted,
        *(layout for layout in COMMON if layout not in (TRIAL, adopted)),
    )


def layout_called(text: str) -> Layout | None:
    """Return the layout with this short name, title, or full name of a type; None if there is none."""
    for layout in _OWN:
        if plain(text) in (plain(layout.name), plain(layout.title)):
            return layout
    kind = kind_called(text)
    return None if kind is None else layout_of(kind)


@cache
def known_names() -> frozenset[str]:
    """Return what a first row may have for a column of any layout."""
    layouts = (*_OWN, *map(layout_of, VOCABULARY.kinds))
    return frozenset(name for layout in layouts for name in layout.names)

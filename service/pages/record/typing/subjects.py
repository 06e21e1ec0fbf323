"""Subjects that can be chosen in a field and have certain words, for the person who types these words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from service.pages.frame.language import Language
from service.pages.frame.page import Answer, Query
from service.pages.frame.templates import rendered
from service.pages.record.choices import FIND, choices_of, choices_query, variables
from service.pages.record.form import Form
from service.pages.record.reading import Given

WORDS_CHARACTERS_MIN: Final = 2


def narrowed(form: Form, name: str) -> Form | None:
    """Return the form with the field of this name alone; None if it has none that names subjects."""
    fields = tuple(one for one in form.fields if one.name == name and one.kinds)
    return Form(form.kind, fields) if fields else None


def asked(
    form: Form, words: str, cohort: str, own: str | None
) -> tuple[Query, Mapping[str, Any]] | None:
    """Return what to ask the graph about the one field of a form; None if these are too few letters."""
    [field] = form.fields
    if len(words.strip()) < WORDS_CHARACTERS_MIN:
        return None
    given: Given = {f"{FIND}{field.name}": [words], "cohort": [cohort]}
    query = choices_query(form.kind, field.name)
    return query, variables(form, given, own)


def found(
    form: Form, answer: Answer, own: str | None, language: Language
) -> Sequence[Mapping[str, str]]:
    """Return the subjects of the answer: the value of each, and its name with what distinguishes it from others."""
    [field] = form.fields
    options = choices_of(form, {}, answer, own)[field.name].options
    return [
        {"value": one.value, "label": rendered("record/option.txt", language, {"option": one})}
        for one in options
    ]

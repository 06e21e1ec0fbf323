"""Values of a mapping: where what an event says comes from, and what of it fits a field. `mapping` reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final, TypeAlias

from events.vocabulary.faults import expected
from events.vocabulary.stream import Kind
from service.pages.record.form import Field, Widget
from service.pages.sheets.columns import plain
from service.pages.sheets.values import Unfit, texts_of
from service.submissions.expressions import Expression, Failed, Steps
from service.submissions.submission import Submission

Terms: TypeAlias = Mapping[str, Any]
"""What is recorded for each answer, by the answer in plain letters."""


@dataclass(frozen=True)
class Constant:
    """What the mapping itself says."""

    value: Any

    def __str__(self) -> str:
        return "the mapping"


@dataclass(frozen=True)
class Answer:
    """The answer to a question."""

    question: str
    terms: Terms

    def __str__(self) -> str:
        return f"the answer to {self.question!r}"


@dataclass(frozen=True)
class OfItem:
    """What an item of a list has under a name."""

    name: str
    terms: Terms

    def __str__(self) -> str:
        return repr(self.name)


@dataclass(frozen=True)
class Computed:
    """The value of an expression."""

    expression: Expression
    terms: Terms

    def __str__(self) -> str:
        return f"the expression {self.expression.text!r}"


@dataclass(frozen=True)
class Created:
    """The key of what an earlier event of the mapping creates, by the place of that event."""

    event: int
    field: str
    kind: Kind

    def __str__(self) -> str:
        return f"the {self.kind} that this submission creates"


Value: TypeAlias = Constant | Answer | OfItem | Computed | Created
Texts: Final = (Widget.LINE, Widget.LINES, Widget.QUESTION)


def found(value: Value, submission: Submission, steps: Steps) -> Any:
    """Return what a submission has for a value, in the terms of the vocabulary; None if it has nothing.

    Raises Failed.
    """
    match value:
        case Constant():
            return value.value
        case Answer():
            if plain(value.question) in submission.ambiguous:
                raise Failed(
                    f"Several fields of the form ask {value.question!r}. Name the one that is meant as the tool does."
                )
            return translated(submission.answer(value.question), value.terms)
        case OfItem():
            of_item = submission.of_item(value.name)
            if len(of_item) > 1:
                raise Failed(
                    f"The item has several names like {value.name!r}. Name the one that is meant exactly."
                )
            return translated(of_item[0] if of_item else None, value.terms)
        case Computed():
            at = value.expression.value(submission.document, steps)
            return translated(at, value.terms)
        case Created():
            raise TypeError("what an event creates is no part of the submission")


def translated(answer: Any, terms: Terms) -> Any:
    """Return an answer, or each answer of a list, as the terms have it; what they do not have stays as it is."""
    if isinstance(answer, list):
        return [translated(one, terms) for one in answer]
    if isinstance(answer, dict) or answer is None:
        return answer
    return terms.get(plain(str(answer)), answer)


def is_empty(answer: Any) -> bool:
    """Return whether an answer says nothing."""
    return answer is None or answer in ([], {}) or (isinstance(answer, str) and not answer.strip())


def fitted(field: Field, answer: Any) -> list[str]:
    """Return the texts that an answer stands for in a field, as a form would have sent them. Raises Unfit."""
    answers = [one for one in _scalars(answer) if not is_empty(one)]
    if not answers:
        return []
    if field.widget is Widget.EACH and len(answers) > 1:
        return ["\n".join(" ".join(str(one).split()) for one in answers)]
    if field.is_list:
        return [text for one in answers for text in texts_of(field, one)]
    if len(answers) > 1:
        if field.widget not in Texts:
            raise Unfit(expected("one answer", answers))
        return ["; ".join(str(one) for one in answers)]
    return texts_of(field, answers[0])


def _scalars(answer: Any) -> Sequence[Any]:
    items = answer if isinstance(answer, list) else [answer]
    for one in items:
        if not isinstance(one, str | int | float | bool | date | time | None):
            raise Unfit(expected("an answer, or a list of answers", one))
    return items

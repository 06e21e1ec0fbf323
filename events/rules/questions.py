"""Rules about questions, and about whose question or iteration something is."""

from collections.abc import Iterator
from typing import Final

from events.rules.rule import Case, rule
from events.state.state_view import find
from events.state.subjects import IterationState, OrganisationState, QuestionState
from events.vocabulary.faults import Fault
from events.vocabulary.types.exchange import InspirationUsed
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.learnings import FailureRecorded, LearningAdopted, ReviewHeld
from events.vocabulary.types.questions import QuestionClosed, QuestionReframed
from events.vocabulary.values.text_folding import folded

# Characters around a question; German quotes are »so«. The folded form has plain quotes instead of typographic ones.
# The last two brackets of each, and the second question mark, are full-width.
_QUOTES: Final = "\"'«»\u2039\u203a"
_BEFORE: Final = f"{_QUOTES}¿([{{⟨〈《「『【\uff08\uff3b "
_AFTER: Final = f"{_QUOTES}!)]}}⟩〉》」』】\uff09\uff3d "
_MARKS: Final = ("?", "\uff1f", "؟")
_OPENING: Final = "how can we"


@rule("question.how_can_we", of_new_events=True, among=lambda kind: bool(kind.questions))
def how_can_we(case: Case) -> Iterator[Fault]:
    """A question has the form "How can we …?", which implies that a solution is possible and invites people in."""
    for field in case.event.kind.questions:
        if not _asks_how_can_we(case.event.data[field]):
            yield Fault(
                "question.how_can_we",
                f"/data/{field}",
                'a question of the form "How can we …?" that says in words what is asked',
            )


def _asks_how_can_we(text: str) -> bool:
    """Return whether the text begins with "How can we", continues with a letter or digit at least, and ends with `?`.

    It may be in quotes or brackets, and may be followed by `!`.
    """
    wording = folded(text).lstrip(_BEFORE).rstrip(_AFTER)
    if not wording.startswith(_OPENING) or not wording.endswith(_MARKS):
        return False
    asked = wording.removeprefix(_OPENING)
    return not asked[0].isalnum() and any(map(str.isalnum, asked))


@rule("question.closed")
def question_closed(
    case: Case[QuestionReframed | QuestionClosed | IterationPlanned],
) -> Iterator[Fault]:
    """A closed question is not reframed or closed again, and no new iteration is planned for it."""
    question = find(case.state_view, QuestionState, case.event.model.question)
    if question and question.closed:
        yield Fault("question.closed", "/data/question", "a question that is not closed")


@rule("question.unchanged", of_new_events=True)
def question_unchanged(case: Case[QuestionReframed]) -> Iterator[Fault]:
    """A reframing changes the question's text."""
    question = find(case.state_view, QuestionState, case.event.model.question)
    if question and _as_worded(question.text) == _as_worded(case.event.model.text):
        yield Fault("question.unchanged", "/data/text", "a wording other than the present one")


def _as_worded(text: str) -> str:
    return folded(text, case=False)


@rule("owner.mismatch")
def planned_for_own_question(case: Case[IterationPlanned]) -> Iterator[Fault]:
    """An iteration's question is its organisation's own or its cohort's shared one."""
    plan = case.event.model
    question = find(case.state_view, QuestionState, plan.question)
    if question is None:
        return
    if question.shared:
        if plan.cohort not in (None, question.cohort):
            yield Fault(
                "owner.mismatch",
                "/data/question",
                "the shared question of the iteration's own cohort",
            )
    elif question.organisation != plan.organisation:
        yield Fault(
            "owner.mismatch",
            "/data/question",
            "a question of this organisation, or its cohort's shared one",
        )


@rule("owner.mismatch")
def follows_own_iteration(case: Case[IterationPlanned]) -> Iterator[Fault]:
    """An iteration follows an iteration of the same organisation."""
    plan = case.event.model
    before = find(case.state_view, IterationState, plan.follows)
    if before and before.organisation != plan.organisation:
        yield Fault("owner.mismatch", "/data/follows", "an iteration of this organisation")


@rule("owner.mismatch")
def beside_own_organisation(
    case: Case[FailureRecorded | LearningAdopted | ReviewHeld | InspirationUsed],
) -> Iterator[Fault]:
    """The iteration or question that an event names with an organisation is that organisation's own.

    A failure may also name the shared question of a cohort that the organisation was ever in.
    """
    model = case.event.model
    iteration = find(case.state_view, IterationState, model.iteration)
    if iteration and iteration.organisation != model.organisation:
        yield Fault("owner.mismatch", "/data/iteration", "an iteration of this organisation")
    if not isinstance(model, FailureRecorded):
        return
    question = find(case.state_view, QuestionState, model.question)
    if question is None or question.organisation == model.organisation:
        return
    organisation = find(case.state_view, OrganisationState, model.organisation)
    if not (
        question.shared
        and question.cohort
        and organisation
        and organisation.was_ever_in(question.cohort)
    ):
        yield Fault(
            "owner.mismatch",
            "/data/question",
            "a question of this organisation, or shared in a cohort it was in",
        )

"""Rules about questions, and about whose question or iteration something is."""

from collections.abc import Iterator
from typing import TypeAlias

from events.rules.rule import Case, advice, rule
from events.state.state_view import find
from events.state.subjects import CohortState, IterationState, OrganisationState, QuestionState
from events.vocabulary.faults import Advice, Fault, expected
from events.vocabulary.types.cohorts import CohortFormed
from events.vocabulary.types.exchange import InspirationUsed
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.learnings import FailureRecorded, LearningAdopted, ReviewHeld
from events.vocabulary.types.questions import QuestionClosed, QuestionFramed, QuestionReframed
from events.vocabulary.types.sessions import CommitmentMade
from events.vocabulary.values.question_form import ENGLISH, has_question_form, openings
from events.vocabulary.values.text_folding import folded

_Worded: TypeAlias = CohortFormed | QuestionFramed | QuestionReframed
"""The types of events that word a question."""


@rule("question.how_can_we", of_new_events=True)
def how_can_we(case: Case[_Worded]) -> Iterator[Fault]:
    """A question has the form "How can we …?" in its language, which implies that a solution is possible and invites
    people in.

    The language is the question's own `language`, else its cohort's, else English. A reframing without a `language` is
    in that of the question.
    """
    language, origin = _language(case)
    text = case.event.model.text
    if not has_question_form(text, language):
        form = f"{_form(language)} (language: {language}, {origin})"
        yield Fault("question.how_can_we", "/data/text", expected(form, text))


@advice("question.form")
def question_form(case: Case[_Worded]) -> Iterator[Advice]:
    """In a language without a known form of "How can we …?", any question is accepted."""
    language, _ = _language(case)
    if not openings(language):
        yield Advice(
            "question.form",
            f'no form of "How can we …?" is known for the language {language}, so the opening was not checked',
        )


def _language(case: Case[_Worded]) -> tuple[str, str]:
    """Return the tag of the wording's language, and a phrase that says where it comes from."""
    model = case.event.model
    if model.language is not None:
        return model.language, "from the event"
    cohort_key = None
    if isinstance(model, QuestionFramed):
        cohort_key = model.cohort
    elif isinstance(model, QuestionReframed):
        question = find(case.state_view, QuestionState, model.question)
        if question is not None and question.language is not None:
            return question.language, f"from the question {model.question}"
        cohort_key = question.cohort if question is not None else None
    cohort = find(case.state_view, CohortState, cohort_key)
    if cohort is not None and cohort.language is not None:
        return cohort.language, f"from the cohort {cohort_key}"
    return ENGLISH, "the default, because none is given"


def _form(language: str) -> str:
    """Return what the rule expects of a question in a language."""
    ways = " or ".join(f'"{opening} …?"' for opening in openings(language))
    if not ways:
        return "a question with a letter or digit and a question mark at the end"
    return f"a question of the form {ways} that says in words what is asked"


@rule("question.closed")
def question_closed(
    case: Case[QuestionReframed | QuestionClosed | IterationPlanned],
) -> Iterator[Fault]:
    """A closed question is not reframed or closed again, and no new iteration is planned for it."""
    question = find(case.state_view, QuestionState, case.event.model.question)
    if question and question.closed:
        yield Fault(
            "question.closed",
            "/data/question",
            f"The question {case.event.model.question} is closed.",
        )


@rule("question.unchanged", of_new_events=True)
def question_unchanged(case: Case[QuestionReframed]) -> Iterator[Fault]:
    """A reframing changes the question's text. A language that was given wrongly is corrected instead."""
    model = case.event.model
    question = find(case.state_view, QuestionState, model.question)
    if question and _as_worded(question.text) == _as_worded(model.text):
        detail = "This is the question's present wording."
        if model.language not in (None, question.language):
            detail += (
                " If only its language is wrong, correct the event that gave it (event.corrected)."
            )
        yield Fault("question.unchanged", "/data/text", detail)


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
                f"The question {plan.question} is shared in another cohort than the iteration's own.",
            )
    elif question.organisation != plan.organisation:
        yield Fault(
            "owner.mismatch",
            "/data/question",
            f"The question {plan.question} is neither one of {plan.organisation} nor shared in its cohort.",
        )


@rule("owner.mismatch")
def follows_own_iteration(case: Case[IterationPlanned]) -> Iterator[Fault]:
    """An iteration follows an iteration of the same organisation."""
    plan = case.event.model
    before = find(case.state_view, IterationState, plan.follows)
    if before and before.organisation != plan.organisation:
        yield Fault(
            "owner.mismatch",
            "/data/follows",
            f"The iteration {plan.follows} is not one of {plan.organisation}.",
        )


@rule("owner.mismatch")
def beside_own_organisation(
    case: Case[FailureRecorded | LearningAdopted | ReviewHeld | InspirationUsed | CommitmentMade],
) -> Iterator[Fault]:
    """The iteration or question that an event names with an organisation is that organisation's own.

    A failure may also name the shared question of a cohort that the organisation was ever in, as a member or a host.
    """
    model = case.event.model
    iteration = find(case.state_view, IterationState, model.iteration)
    if iteration and iteration.organisation != model.organisation:
        yield Fault(
            "owner.mismatch",
            "/data/iteration",
            f"The iteration {model.iteration} is not one of {model.organisation}.",
        )
    if not isinstance(model, FailureRecorded):
        return
    question = find(case.state_view, QuestionState, model.question)
    if question is None or question.organisation == model.organisation:
        return
    organisation = find(case.state_view, OrganisationState, model.organisation)
    cohort = find(case.state_view, CohortState, question.cohort)
    if not (
        question.shared
        and cohort
        and organisation
        and model.organisation in (*cohort.ever, *cohort.hosts_ever)
    ):
        yield Fault(
            "owner.mismatch",
            "/data/question",
            f"The question {model.question} is neither one of {model.organisation} nor shared in a cohort"
            " that it was in.",
        )

"""Figures about questions: their progress, similar wordings, and families."""

from collections import defaultdict
from typing import Any

from events.vocabulary.stream import stream_of
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationStarted,
)
from events.vocabulary.types.questions import QuestionClosed, QuestionReframed
from events.vocabulary.types.results import PublicationWithdrawn
from events.vocabulary.values.question_form import ENGLISH
from events.vocabulary.values.text_folding import folded
from projections.insights.figures.definition import Answer, figure, summed
from projections.insights.index.indexed import IndexedSubject
from projections.insights.measures.numbers import days, rounded
from projections.insights.measures.sums import Part, Quartiles
from projections.insights.measures.tally import SubjectNames, Tally, by_creation
from projections.insights.measures.trigrams import similarity, trigrams
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scoped import ScopedPerspective

_SIMILAR_MAX = 10


@summed("funnel")
def funnel(view: ScopedPerspective) -> Part:
    """Questions framed in scope, and of these how many were reframed, have an iteration (tried), were answered and were
    parked; iterations planned in scope, and of these how many were started and concluded; failures; learnings, and of
    these how many another organisation adopted; and publications not withdrawn.

    A cohort's shared question does not count.
    """
    perspective = view.perspective
    questions = view.things("question")
    iterations = view.things("iteration")
    learnings = view.learnings
    closings = [perspective.last(question, QuestionClosed) for question in questions]
    outcomes = [closing.data["outcome"] for closing in closings if closing is not None]
    return {
        "questions": len(questions),
        "reframed": sum(perspective.last(one, QuestionReframed) is not None for one in questions),
        "tried": sum(bool(iterations_on(perspective, one)) for one in questions),
        "answered": outcomes.count("answered"),
        "parked": outcomes.count("parked"),
        "planned": len(iterations),
        "started": sum(perspective.last(one, IterationStarted) is not None for one in iterations),
        "concluded": sum(
            perspective.last(one, IterationConcluded) is not None for one in iterations
        ),
        "failures": len(view.failures),
        "learnings": len(learnings),
        "adopted": sum(bool(perspective.adoptions(one)) for one in learnings),
        "publications": sum(
            perspective.last(one, PublicationWithdrawn) is None
            for one in view.things("publication")
        ),
    }


def iterations_on(perspective: Perspective, question: IndexedSubject) -> list[IndexedSubject]:
    """Return the iterations planned for the question."""
    return perspective.born_naming(question, IterationPlanned, "question")


@summed("timeToFirstIteration")
def time_to_first_iteration(view: ScopedPerspective) -> Part:
    """Days from the framing of a question to its first planned iteration, over questions with an iteration (n); without
    = questions without one.
    """
    tried, waits = [], []
    questions = view.things("question")
    for question in questions:
        iterations = iterations_on(view.perspective, question)
        if iterations:
            tried.append(question)
            waits.append(days(min(one.time for one in iterations) - question.time))
    return {
        "n": len(tried),
        "items": SubjectNames(tried),
        "quartiles": Quartiles(waits),
        "without": len(questions) - len(tried),
    }


@figure("similarQuestions")
def similar_questions(
    view: ScopedPerspective,
    question: str | None = None,
    text: str | None = None,
    language: str | None = None,
) -> Answer:
    """Other open questions in scope, organisations' own and cohorts' shared ones, whose current wording is similar to
    that of a question, or to a text, which is in `language`, else in English. The similarity is that of trigrams, as in
    PostgreSQL's pg_trgm: score = common trigrams ÷ all trigrams, of the folded texts without the words with which
    questions in the language of each open (in English: how, can, we); only scores > 0.

    Questions from other sectors than that of the question's organisation come first (a shared question has no sector),
    then higher scores, then earlier questions; at most 10.
    """
    perspective = view.perspective
    asked = perspective.find(stream_of("question", question)) if question is not None else None
    if question is not None and asked is None:
        return {"list": []}
    wanted = (
        _trigrams(perspective, asked)
        if asked is not None
        else trigrams(text or "", language or ENGLISH)
    )
    sector = _sector(perspective, asked) if asked is not None else None
    rows = []
    for other in [*view.things("question"), *view.shared_questions()]:
        if other is asked or perspective.last(other, QuestionClosed) is not None:
            continue
        score = similarity(wanted, _trigrams(perspective, other))
        if score:
            near = sector is not None and _sector(perspective, other) == sector
            rows.append((near, -score, other.position, other.key))
    return {
        "list": [
            {"question": key, "score": rounded(-score)}
            for _, score, _, key in sorted(rows)[:_SIMILAR_MAX]
        ]
    }


def _trigrams(perspective: Perspective, question: IndexedSubject) -> frozenset[str]:
    """Return the trigrams of the question's current wording, in its current language."""
    reframings = perspective.events_of(question, QuestionReframed)
    wordings = [question.born, *reframings]
    given = next(
        filter(None, (perspective.data(one).get("language") for one in reversed(wordings))), None
    )
    return trigrams(
        perspective.data(wordings[-1])["text"], given or _cohort_language(perspective, question)
    )


def _cohort_language(perspective: Perspective, question: IndexedSubject) -> str:
    """Return the language of the question's cohort; English if it has none."""
    cohort = question.cohort and perspective.find(stream_of("cohort", question.cohort))
    return (cohort and perspective.data(cohort.born).get("language")) or ENGLISH


def _sector(perspective: Perspective, question: IndexedSubject) -> str | None:
    organisation = perspective.organisation(perspective.owner(question))
    if organisation is None:
        return None
    return folded(perspective.data(organisation.born)["sector"])


@figure("questionFamilies")
def question_families(view: ScopedPerspective) -> Answer:
    """Trees of the questions that were derived from others. The parent of a question is the one it names, else the
    shared question of its cohort. The parent of a shared question is that of the first cohort that its own cohort
    builds on; the others are listed under `also`.

    Each node has framings (its wordings, with the current one last) and counts of concluded iterations in scope by
    result. A question whose parent is not in scope is a root.
    """
    perspective = view.perspective
    nodes = [*view.things("question"), *view.shared_questions()]
    nodes.sort(key=by_creation)
    results: dict[IndexedSubject, Tally] = defaultdict(lambda: Tally("result"))
    for iteration, end in view.concluded:
        question = perspective.one(iteration.born, "question")
        if question is not None:
            results[question].add((end.data["result"],), iteration.position)
    made: dict[IndexedSubject, dict[str, Any]] = {}
    parents: dict[IndexedSubject, IndexedSubject | None] = {}
    for node in nodes:
        first, also = _parents(perspective, node)
        parents[node] = first
        reframings = perspective.events_of(node, QuestionReframed)
        made[node] = {
            "question": node.key,
            "framings": [perspective.data(entry)["text"] for entry in (node.born, *reframings)],
            "counts": results[node].rows() if node in results else [],
            "also": [one.key for one in also],
            "children": [],
        }
    trees: list[dict[str, Any]] = []
    for node in nodes:
        parent = parents[node]
        siblings = trees if parent is None or parent not in made else made[parent]["children"]
        siblings.append(made[node])
    return {"trees": trees}


def _parents(
    perspective: Perspective, question: IndexedSubject
) -> tuple[IndexedSubject | None, list[IndexedSubject]]:
    """Return the parent of the question, and the other questions that it builds on."""
    if question.shared:
        before = perspective.many(question.born, "builds_on")
        shared = [found for cohort in before if (found := shared_question(perspective, cohort))]
        return (shared[0], shared[1:]) if shared else (None, [])
    parent = perspective.one(question.born, "parent")
    if parent is None and question.cohort is not None:
        cohort = perspective.find(stream_of("cohort", question.cohort))
        parent = shared_question(perspective, cohort) if cohort is not None else None
    return parent, []


def shared_question(perspective: Perspective, cohort: IndexedSubject) -> IndexedSubject | None:
    """Return the shared question of the cohort, None if the viewer does not see it."""
    return perspective.one(cohort.born, "question")

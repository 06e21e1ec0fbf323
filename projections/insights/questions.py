"""Questions: how they go, which are alike, and which come from which."""

from collections import defaultdict
from typing import Any

from events.folding import folded
from projections.insights.definition import Answer, figure, summed
from projections.insights.lens import Lens
from projections.insights.numbers import days, rounded
from projections.insights.sums import Part, Quartiles
from projections.insights.tally import Names, Tally, by_creation
from projections.insights.things import Thing
from projections.insights.trigrams import similarity, trigrams
from projections.insights.view import View

_SIMILAR_MAX = 10


@summed("funnel")
def funnel(view: View) -> Part:
    """Questions framed in scope, and of these how many were reframed, have an iteration (tried), were answered and were
    parked; iterations planned in scope, and of these how many were started and concluded; failures; learnings, and of
    these how many another organisation adopted; and publications not withdrawn.

    A cohort's shared question does not count.
    """
    lens = view.lens
    questions = view.things("question")
    iterations = view.things("iteration")
    learnings = view.learnings
    closings = [lens.last(question, "question.closed") for question in questions]
    outcomes = [closing.data["outcome"] for closing in closings if closing is not None]
    return {
        "questions": len(questions),
        "reframed": sum(lens.last(one, "question.reframed") is not None for one in questions),
        "tried": sum(bool(iterations_on(lens, one)) for one in questions),
        "answered": outcomes.count("answered"),
        "parked": outcomes.count("parked"),
        "planned": len(iterations),
        "started": sum(lens.last(one, "iteration.started") is not None for one in iterations),
        "concluded": sum(lens.last(one, "iteration.concluded") is not None for one in iterations),
        "failures": len(view.failures),
        "learnings": len(learnings),
        "adopted": sum(bool(lens.adoptions(one)) for one in learnings),
        "publications": sum(
            lens.last(one, "publication.withdrawn") is None for one in view.things("publication")
        ),
    }


def iterations_on(lens: Lens, question: Thing) -> list[Thing]:
    """Return the iterations planned on the question."""
    return lens.born_naming(question, "iteration.planned", "question")


@summed("timeToFirstIteration")
def time_to_first_iteration(view: View) -> Part:
    """Days from the framing of a question to its first planned iteration, over questions with an iteration (n); without
    = questions without one.
    """
    tried, waits = [], []
    questions = view.things("question")
    for question in questions:
        iterations = iterations_on(view.lens, question)
        if iterations:
            tried.append(question)
            waits.append(days(min(one.time for one in iterations) - question.time))
    return {
        "n": len(tried),
        "items": Names(tried),
        "quartiles": Quartiles(waits),
        "without": len(questions) - len(tried),
    }


@figure("similarQuestions")
def similar_questions(view: View, question: str | None = None, text: str | None = None) -> Answer:
    """Other open questions in scope, organisations' own and cohorts' shared ones, whose current wording is similar to
    that of a question, or to a text. The similarity is that of trigrams, as in PostgreSQL's pg_trgm: score = common
    trigrams ÷ all trigrams, of the folded texts without the words how, can, we; only scores > 0.

    Questions from other sectors than that of the question's organisation come first (a shared question has no sector),
    then higher scores, then earlier questions; at most 10.
    """
    lens = view.lens
    asked = lens.find(f"question/{question}") if question is not None else None
    if question is not None and asked is None:
        return {"list": []}
    wanted = trigrams(wording(lens, asked) if asked is not None else text or "")
    sector = _sector(lens, asked) if asked is not None else None
    rows = []
    for other in [*view.things("question"), *view.shared_questions()]:
        if other is asked or lens.last(other, "question.closed") is not None:
            continue
        score = similarity(wanted, trigrams(wording(lens, other)))
        if score:
            near = sector is not None and _sector(lens, other) == sector
            rows.append((near, -score, other.position, other.key))
    return {
        "list": [
            {"question": key, "score": rounded(-score)}
            for _, score, _, key in sorted(rows)[:_SIMILAR_MAX]
        ]
    }


def wording(lens: Lens, question: Thing) -> str:
    """Return the question's present wording."""
    later = lens.last(question, "question.reframed")
    text: str = (later or question.born).data["text"]
    return text


def _sector(lens: Lens, question: Thing) -> str | None:
    organisation = lens.organisation(lens.owner(question))
    return folded(organisation.born.data["sector"]) if organisation is not None else None


@figure("questionFamilies")
def question_families(view: View) -> Answer:
    """Trees of the questions that were derived from others. The parent of a question is the one it names, else the
    shared question of its cohort. The parent of a shared question is that of the first cohort that its own cohort
    builds on; the others are listed under `also`.

    Each node has framings (its wordings, with the current one last) and counts of concluded iterations in scope by
    result. A question whose parent is not in scope is a root.
    """
    lens = view.lens
    nodes = [*view.things("question"), *view.shared_questions()]
    nodes.sort(key=by_creation)
    results: dict[Thing, Tally] = defaultdict(lambda: Tally("result"))
    for iteration, end in view.concluded:
        question = lens.one(iteration.born, "question")
        if question is not None:
            results[question].add((end.data["result"],), iteration.position)
    made: dict[Thing, dict[str, Any]] = {}
    parents: dict[Thing, Thing | None] = {}
    for node in nodes:
        first, also = _parents(lens, node)
        parents[node] = first
        reframings = lens.told(node, "question.reframed")
        made[node] = {
            "question": node.key,
            "framings": [entry.data["text"] for entry in (node.born, *reframings)],
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


def _parents(lens: Lens, question: Thing) -> tuple[Thing | None, list[Thing]]:
    """Return what the question comes from, and what else it builds on."""
    if question.shared:
        before = lens.many(question.born, "builds_on")
        shared = [found for cohort in before if (found := shared_question(lens, cohort))]
        return (shared[0], shared[1:]) if shared else (None, [])
    parent = lens.one(question.born, "parent")
    if parent is None and question.cohort is not None:
        cohort = lens.find(f"cohort/{question.cohort}")
        parent = shared_question(lens, cohort) if cohort is not None else None
    return parent, []


def shared_question(lens: Lens, cohort: Thing) -> Thing | None:
    """Return the cohort's shared question, None where it is not there."""
    return lens.one(cohort.born, "question")

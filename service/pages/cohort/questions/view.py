"""What the page of a cohort's questions shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.pages.charts.geometry import Mark
from service.pages.charts.tree import Branch, Node, tree
from service.pages.cohort import marks
from service.pages.frame.addresses import of_kind
from service.pages.frame.language import Language
from service.pages.frame.page import Answer, Visit
from service.pages.parts.glossary import Explained, explained

Thing = Mapping[str, Any]
"""A subject of the graph."""


@dataclass(frozen=True)
class QuestionNode(Node):
    """A question in its family. `results` are the counts of its trials, by the words of what came of them.

    `question` is None for one that stands outside the cohort; `elsewhere` is the cohort in which it stands, if it is in
    one.
    """

    question: Thing | None = None
    elsewhere: Thing | None = None
    results: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Questions:
    """The families of the questions, and what the marks of trials stand for.

    `count` is how many there are beside the shared one. `reframed` are those that were reworded since.
    `words` are those that the page uses.
    """

    cohort: Thing
    partial: bool
    family: Sequence[Branch]
    key: Sequence[Mark]
    has_shared: bool
    count: int
    reframed: Sequence[Thing]
    left_out: int
    words: Sequence[Explained]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query."""
    return visit.inside


def view(answer: Answer, visit: Visit) -> Questions | None:
    """Return what the page shows, None if there is no such cohort for the visitor."""
    cohort = answer["cohort"]
    if cohort is None:
        return None
    questions = cohort["questions"]["nodes"]
    trials = cohort["iterations"]["nodes"]
    has_shared = any(one["shared"] for one in questions)
    return Questions(
        cohort=cohort,
        partial=answer["insights"]["partial"],
        family=tree(families(cohort, visit.language)),
        key=marks.results_key(trials, visit.language),
        has_shared=has_shared,
        count=cohort["questions"]["filteredCount"] - has_shared,
        reframed=[one for one in questions if len(one["framings"]["nodes"]) > 1],
        left_out=sum(
            cohort[name]["filteredCount"] - len(cohort[name]["nodes"])
            for name in ("questions", "iterations")
        ),
        words=explained(("QuestionState", "Result"), visit.language),
    )


def families(cohort: Thing, language: Language) -> Sequence[Node]:
    """Return the questions of the cohort below those that they come from, and what came from them elsewhere.

    The root of those that come from a question outside the cohort is that question.
    """
    questions = {one["key"]: one for one in cohort["questions"]["nodes"]}
    trials: dict[str, list[Thing]] = {}
    for trial in cohort["iterations"]["nodes"]:
        if trial["question"] is not None:
            trials.setdefault(trial["question"]["key"], []).append(trial)
    shared = (cohort["sharedQuestion"] or {}).get("key")
    children: dict[str | None, list[str]] = {}
    outside: dict[str, Thing] = {}
    for key, question in questions.items():
        parent = question["parent"]
        if parent is not None and parent["key"] not in questions:
            outside[parent["key"]] = parent
        above = parent["key"] if parent else shared if key != shared else None
        children.setdefault(above if above in questions or above in outside else None, []).append(
            key
        )

    def node(key: str) -> Node:
        question = questions[key]
        own = trials.get(key, [])
        results = Counter(marks.outcome(trial, language) for trial in own)
        below = [node(child) for child in children.get(key, [])]
        below += [
            _elsewhere(child)
            for child in question["children"]["nodes"]
            if child["key"] not in questions
        ]
        return QuestionNode(
            text=question["text"],
            href=of_kind("question", key),
            marks=tuple(marks.of_trial(trial, language) for trial in own),
            children=below,
            language=question["language"],
            question=question,
            results=tuple(results.items()),
        )

    roots = [node(key) for key in children.get(None, [])]
    for key, question in outside.items():
        roots.append(_elsewhere(question, [node(child) for child in children[key]]))
    return roots


def _elsewhere(question: Thing, children: Sequence[Node] = ()) -> Node:
    return QuestionNode(
        text=question["text"],
        href=of_kind("question", question["key"]),
        children=children,
        language=question["language"],
        elsewhere=question,
    )

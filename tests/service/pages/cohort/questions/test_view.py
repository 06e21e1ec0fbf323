from collections.abc import Mapping, Sequence
from typing import Any

from service.pages.charts.tree import Node
from service.pages.cohort.questions.view import QuestionNode, families
from tests.service.pages.cohort.visits import LANGUAGE, organisation


def question(key: str, parent: str | None = None, **more: Any) -> Mapping[str, Any]:
    above = (
        None
        if parent is None
        else {"key": parent, "text": parent, "language": None, "cohort": None}
    )
    return {
        "key": key,
        "text": f"How can we {key}?",
        "language": None,
        "shared": False,
        "organisation": organisation("mill"),
        "parent": above,
        "children": {"nodes": []},
        **more,
    }


def cohort(
    *questions: Mapping[str, Any], shared: str | None = None, trials: Sequence[Any] = ()
) -> Mapping[str, Any]:
    return {
        "sharedQuestion": shared and {"key": shared},
        "questions": {"nodes": questions},
        "iterations": {"nodes": trials},
    }


def shape(nodes: Sequence[Node]) -> Any:
    return {node.text: shape(node.children) for node in nodes}


def test_a_question_stands_below_its_parent_else_below_the_shared_one() -> None:
    found = families(
        cohort(question("share"), question("a"), question("b", "a"), shared="share"), LANGUAGE
    )
    assert shape(found) == {"How can we share?": {"How can we a?": {"How can we b?": {}}}}


def test_without_a_shared_question_each_begins_a_family() -> None:
    found = families(cohort(question("a"), question("b"), question("c", "b")), LANGUAGE)
    assert shape(found) == {"How can we a?": {}, "How can we b?": {"How can we c?": {}}}


def test_a_parent_outside_the_cohort_is_the_root_of_its_own() -> None:
    [root] = families(cohort(question("a", "before")), LANGUAGE)
    assert isinstance(root, QuestionNode)
    assert (root.text, root.question) == ("before", None)
    assert shape(root.children) == {"How can we a?": {}}


def test_what_came_from_a_question_elsewhere_is_below_it() -> None:
    children = {"nodes": [question("later"), question("b")]}
    found = families(cohort(question("a", children=children), question("b", "a")), LANGUAGE)
    assert shape(found) == {"How can we a?": {"How can we b?": {}, "How can we later?": {}}}


def test_trials_are_marks_and_counted_by_what_came_of_them() -> None:
    trials = [
        {"key": key, "title": key, "state": state, "result": result, "question": {"key": "a"}}
        for key, state, result in (
            ("one", "CONCLUDED", "REFUTED"),
            ("two", "CONCLUDED", "REFUTED"),
            ("three", "STARTED", None),
        )
    ]
    strays = [{**trials[0], "question": None}]
    [node] = families(cohort(question("a"), trials=[*trials, *strays]), LANGUAGE)
    assert isinstance(node, QuestionNode)
    assert node.results == (("Refuted", 2), ("Under way", 1))
    assert [mark.label for mark in node.marks] == [
        "one: Refuted",
        "two: Refuted",
        "three: Under way",
    ]

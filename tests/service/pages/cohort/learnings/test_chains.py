from collections.abc import Mapping, Sequence
from typing import Any

from service.pages.charts.tree import Node
from service.pages.cohort.learnings.chains import chains, longest, taken_up, ways_of
from tests.service.pages.cohort.visits import organisation


def learning(key: str, whose: str, day: int, *sources: str) -> Mapping[str, Any]:
    return {
        "key": key,
        "statement": key,
        "organisation": organisation(whose),
        "time": f"2024-03-{day:02}T10:00:00Z",
        "sources": [{"stream": source} for source in sources],
    }


def adoption(
    of: Mapping[str, Any], to: str, day: int, trial: str | None = None
) -> Mapping[str, Any]:
    return {
        "learning": of,
        "organisation": organisation(to),
        "time": f"2024-03-{day:02}T10:00:00Z",
        "iteration": trial and {"key": trial, "title": trial},
        "adaptation": None,
    }


def shape(nodes: Sequence[Node]) -> Any:
    return {node.text: shape(node.children) for node in nodes}


ASK = learning("ask", "mill", 1)
REPLY = learning("reply", "library", 10, "iteration/cards")
CHALK = learning("chalk", "canal", 20, "iteration/board")
ALL = [CHALK, REPLY, ASK]
ADOPTIONS = [
    adoption(ASK, "library", 5, "cards"),
    adoption(REPLY, "canal", 15, "board"),
    adoption(CHALK, "mill", 25),
]


def test_a_learning_stands_below_the_one_that_was_taken_up_in_its_trial() -> None:
    found = chains(ALL, ways_of(ALL, ADOPTIONS))
    assert shape(found) == {"ask": {"reply": {"chalk": {"Mill": {}}}}}


def test_the_longest_way_names_the_organisations_in_order() -> None:
    names = [one and one["key"] for one in longest(ALL, ways_of(ALL, ADOPTIONS))]
    assert names == ["mill", "library", "canal", "mill"]
    assert list(longest([], {})) == []


def test_a_learning_of_before_does_not_come_from_what_was_taken_up_later() -> None:
    early = learning("early", "library", 3, "iteration/cards")
    assert chains([ASK, early], ways_of([ASK, early], ADOPTIONS[:1])) == []


def test_a_learning_that_names_another_as_its_source_stands_below_it() -> None:
    skim = learning("skim", "library", 8, "learning/ask")
    assert shape(chains([ASK, skim], ways_of([ASK, skim], []))) == {"ask": {"skim": {}}}


def test_learnings_that_led_to_no_other_are_in_no_chain() -> None:
    assert chains(ALL, ways_of(ALL, ADOPTIONS[2:])) == []


def test_what_comes_of_a_learning_is_drawn_once() -> None:
    both = learning("both", "canal", 20, "learning/ask", "learning/reply")
    after = learning("after", "canal", 21, "learning/both")
    every = [ASK, REPLY, both, after]
    found = chains(every, ways_of(every, []))
    assert shape(found) == {"ask": {"both": {"after": {}}}, "reply": {"both": {}}}
    assert getattr(found[1].children[0], "is_above", None) is True


def test_many_learnings_that_name_all_earlier_ones_are_drawn_in_good_time() -> None:
    every = [
        learning(f"l{number}", f"o{number}", 1, *(f"learning/l{one}" for one in range(number)))
        for number in range(60)
    ]
    ways = ways_of(every, [])
    assert len(longest(every, ways)) == 60
    assert [one.text for one in chains(every, ways)] == ["l0"]


def test_what_comes_round_to_itself_ends() -> None:
    hen = learning("hen", "mill", 1, "learning/egg")
    egg = learning("egg", "canal", 1, "learning/hen")
    start = learning("start", "archive", 1)
    hen = {**hen, "sources": [*hen["sources"], {"stream": "learning/start"}]}
    every = [start, hen, egg]
    ways = ways_of(every, [])
    assert shape(chains(every, ways)) == {"start": {"hen": {"egg": {"hen": {}}}}}
    assert len(longest(every, ways)) == 3


def test_an_organisation_takes_a_learning_up_once_and_never_its_own() -> None:
    again = adoption(ASK, "library", 7)
    own = adoption(ASK, "mill", 2)
    hidden = {**adoption(ASK, "canal", 2), "learning": None}
    assert taken_up([again, own, hidden, ADOPTIONS[0]]) == [ADOPTIONS[0]]

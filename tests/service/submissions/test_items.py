"""A submission with a list, such as the trials of a workshop: each item becomes events of its own, all or none."""

import asyncio
from typing import Any

import pytest

from service.hooks.tool import Tool
from service.submissions.items import ITEMS_MAX
from tests.events.samples import framed
from tests.service.app import Api, problem
from tests.service.submissions.hooked import Hooked, hooked
from tests.service.submissions.test_mapping_file import HEAD, faults_of

WORKSHOP = """
name = "workshop"
tool = "json"
organisation = "mill"
cohort = "heritage"

[each.trials]
items = "body.trials"

[[events]]
type = "note.added"
data = { about = "organisation/mill", text = { answer = "Summary" } }

[[events]]
type = "iteration.planned"
each = "trials"
[events.data]
question = "question"
title = { item = "What did you try?" }
hypothesis = "It helps"
action = { from = "join(' in ', [item.did, body.room])" }

[[events]]
type = "iteration.started"
each = "trials"
data = { iteration = { created_by = "iteration.planned" } }

[[events]]
type = "learning.captured"
each = "trials"
when = { item = "learned" }
[events.data]
statement = { item = "learned" }
loop = "single"
evidence_level = { item = "level", terms = { "Weak" = 1, "Strong" = 3 } }
from = { created_by = "iteration.planned" }
"""
KEYED = WORKSHOP.replace('items = "body.trials"', 'items = "body.trials"\nkey = "item.code"')


def trial(number: int, **more: Any) -> dict[str, Any]:
    """Return an item."""
    return {"what did you try?*": f"Sign {number}", "did": "We hung it", "level": "weak", **more}


def workshop(*trials: Any, **more: Any) -> dict[str, Any]:
    """Return a submission with these items."""
    answers = {"Summary": "We tried signs."}
    return {
        "id": "w1",
        "time": "2024-05-02T09:30:00Z",
        "answers": answers,
        "room": "the hall",
        "trials": trials,
        **more,
    }


async def workshops(api: Api, text: str = WORKSHOP) -> Hooked:
    """Return a hook for workshops, whose question exists."""
    await api.record([framed("question", cohort="heritage")])
    return await hooked(api, Tool.JSON, text)


async def test_each_item_becomes_events_that_name_one_another(story: Api) -> None:
    hook = await workshops(story)
    sent = workshop(trial(1), trial(2, learned="Signs help."), trial(3))
    answer = await hook.send(sent)
    assert answer.status_code == 201, answer.text
    ids = [one["id"].removeprefix("w1/") for one in answer.json()["receipts"]]
    assert ids == [
        "note.added",
        *("iteration.planned/1", "iteration.started/1"),
        *("iteration.planned/2", "iteration.started/2", "learning.captured/2"),
        *("iteration.planned/3", "iteration.started/3"),
    ]
    events = {one["id"]: one["data"] for one in await story.lines()}
    plans = [events[f"w1/iteration.planned/{number}"] for number in (1, 2, 3)]
    assert [plan["title"] for plan in plans] == ["Sign 1", "Sign 2", "Sign 3"]
    assert plans[0]["action"] == "We hung it in the hall"
    assert len({plan["iteration"] for plan in plans}) == 3
    learning = events["w1/learning.captured/2"]
    assert learning["from"] == [f"iteration/{plans[1]['iteration']}"]
    assert learning["evidence_level"] == 1
    assert (await hook.send(sent)).status_code == 200
    assert (await story.service.hooks.recorded()) == {"workshop": len(ids)}


@pytest.mark.parametrize(
    "trials",
    [[trial(1)], [trial(1), {}], [trial(2), trial(1)], [trial(1), trial(2), trial(3)]],
    ids=["one less", "one emptied", "another order", "one more"],
)
async def test_a_changed_list_contradicts_what_is_recorded(story: Api, trials: list[Any]) -> None:
    hook = await workshops(story)
    assert (await hook.send(workshop(trial(1), trial(2)))).status_code == 201
    head = await story.head()
    errors = problem(await hook.send(workshop(*trials)), 409)
    assert {error["rule"] for error in errors} == {"event.conflict"}
    assert await story.head() == head


async def test_items_with_keys_are_known_in_any_order(story: Api) -> None:
    hook = await workshops(story, KEYED)
    first, second = trial(1, code="a"), trial(2, code=7)
    answer = await hook.send(workshop(first, second))
    assert answer.status_code == 201, answer.text
    assert "w1/iteration.planned/7" in [one["id"] for one in answer.json()["receipts"]]
    assert (await hook.send(workshop(second, first))).status_code == 200


@pytest.mark.parametrize(
    "trials", [None, [], [None, {}, {"did": " "}]], ids=["none", "[]", "empty"]
)
async def test_without_items_the_rest_is_recorded(story: Api, trials: Any) -> None:
    hook = await workshops(story)
    answer = await hook.send(workshop(trials=trials))
    assert [one["id"] for one in answer.json()["receipts"]] == ["w1/note.added"]


@pytest.mark.parametrize(
    ("text", "trials", "words"),
    [
        (WORKSHOP, "Sign 1, Sign 2", f"a list of at most {ITEMS_MAX} items for each.trials"),
        (WORKSHOP, {"1": trial(1)}, f"a list of at most {ITEMS_MAX} items for each.trials"),
        (WORKSHOP, [trial(1)] * (ITEMS_MAX + 1), f"found {ITEMS_MAX + 1}."),
        (KEYED, [trial(1)], "a whole number as the key of item 1 of each.trials"),
        (KEYED, [trial(1, code=True)], "a whole number as the key of item 1 of each.trials"),
        (
            KEYED,
            [trial(1, code="a"), {}, trial(2, code=" a ")],
            "The items 1 and 3 of each.trials have the same key 'a'.",
        ),
        (WORKSHOP.replace("body.trials", "abs(body.trials)"), [], "each.trials: The expression"),
    ],
    ids=["a text", "an object", "too many", "no key", "no text", "a key twice", "no number"],
)
async def test_what_is_no_list_is_refused_in_words(
    story: Api, text: str, trials: Any, words: str
) -> None:
    hook = await workshops(story, text)
    head = await story.head()
    [error] = problem(await hook.send(workshop(trials=trials)), 422)
    assert error["rule"] in ("hook.submission", "hook.expression")
    assert words in error["detail"]
    assert await story.head() == head


async def test_a_fault_says_in_which_item_it_is(story: Api) -> None:
    hook = await workshops(story)
    wrong = workshop(trial(1), trial(2, learned="x", level="Some"))
    [error] = problem(await hook.send(wrong), 422)
    assert error["pointer"] == "/data/evidence_level"
    assert error["detail"].endswith("It comes from 'level', item 2.")


def test_a_mapping_without_its_lists_is_refused() -> None:
    events = """
[[events]]
type = "iteration.planned"
each = "trial"
data = { question = "q", title = { item = "a" }, hypothesis = "h", action = "a" }
[[events]]
type = "iteration.planned"
each = "trials"
data = { question = "q", title = { item = "a" }, hypothesis = "h", action = "a" }
[[events]]
type = "learning.captured"
data = { from = "x", statement = { item = "b" }, loop = "single", evidence_level = 1 }
"""

    lists = '[each]\nothers = 1\n[each.trials]\nitems = "body["\nkeys = "a"\n'
    found = faults_of(HEAD + lists + events)
    assert [one.partition(": ")[0] for one in found] == [
        "each.others",
        "each.trials",
        "each.trials.items",
        "event 1 (iteration.planned), each",
        "event 1 (iteration.planned), data.title",
        "event 3 (learning.captured), data.statement",
    ]
    assert "Did you mean 'trials'?" in found[3]


def test_what_an_item_creates_is_named_by_events_of_the_same_list_alone() -> None:
    text = """
[each.trials]
items = "body.trials"
[[events]]
type = "iteration.planned"
each = "trials"
data = { question = "q", title = { item = "a" }, hypothesis = "h", action = "a" }
[[events]]
type = "iteration.started"
data = { iteration = { created_by = "iteration.planned" } }
"""
    [fault] = faults_of(HEAD + text)
    assert fault == (
        "event 2 (iteration.started), data.iteration: The event that 'iteration.planned' names is made for each item of"
        " another list than this one."
    )


@pytest.mark.parametrize("changed", [{"id": "w\0"}, {"trials": [trial(1, code="a\0")]}])
async def test_an_id_that_no_event_may_have_is_refused_in_words(
    story: Api, changed: dict[str, Any]
) -> None:
    hook = await workshops(story, KEYED)
    errors = problem(await hook.send({**workshop(trial(1, code="a")), **changed}), 422)
    assert {(error["rule"], error["pointer"]) for error in errors} == {("field", "/id")}


async def test_of_names_that_are_alike_the_exact_one_is_taken(story: Api) -> None:
    hook = await workshops(story)
    alike = {**trial(1), "WHAT DID YOU TRY?": "Other"}
    [error] = problem(await hook.send(workshop(alike)), 422)
    assert error["pointer"] == "/data/title"
    assert "several names like 'What did you try?'" in error["detail"]
    exact = {**alike, "What did you try?": "This one"}
    assert (await hook.send(workshop(exact))).status_code == 201
    assert "This one" in [one["data"].get("title") for one in await story.lines()]


async def test_of_two_versions_of_a_submission_that_come_at_once_one_is_recorded(
    story: Api,
) -> None:
    hook = await workshops(story)
    for number in range(10):
        one = workshop(trial(1), trial(2), id=f"w{number}")
        other = workshop(trial(1), trial(2), trial(3), id=f"w{number}")
        before = await story.head()
        answers = await asyncio.gather(hook.send(one), hook.send(other))
        recorded = next(answer for answer in answers if answer.status_code == 201)
        refused = next(answer for answer in answers if answer is not recorded)
        [error] = problem(refused, 409)
        assert error["rule"] == "event.conflict"
        events = 5 if recorded is answers[0] else 7
        assert await story.head() == before + events

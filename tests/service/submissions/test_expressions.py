"""Expressions are JMESPath within bounds: what is larger, deeper or slower is reported in a sentence."""

from typing import Any

import pytest

from service.submissions.expressions import (
    CHARACTERS_MAX,
    DEPTH_MAX,
    Expression,
    Failed,
    Steps,
    Unusable,
)

STEPS = 20_000
ANSWERS = {"answers": {"What did you try?": "Labels", "Who?": ["Ada", "Grace"], "n": 3}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('answers."What did you try?"', "Labels"),
        ("answers.nothing", None),
        ("answers.\"Who?\" | join(', ', @)", "Ada, Grace"),
        ("answers.n == `3`", True),
        ("length(answers.\"Who?\") > `1` && 'many'", "many"),
        ("answers.[n, nothing]", [3, None]),
        ("'fixed'", "fixed"),
    ],
)
def test_an_expression_has_the_value_that_jmespath_gives(text: str, value: Any) -> None:
    assert Expression.of(text).value(ANSWERS, Steps(STEPS)) == value


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "not JMESPath"),
        ("answers.What did you try?", "not JMESPath"),
        ("answers.'x'", "not JMESPath"),
        ("shell('ls')", "no function 'shell'"),
        ("a" * (CHARACTERS_MAX + 1), "more than 1,000 characters"),
        ("[" * 400 + "]" * 400, "nested more than"),
        ("!" * 999 + "a", "nested more than"),
        ("a|" * (DEPTH_MAX + 1) + "a", "nested more than"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, detail: str) -> None:
    with pytest.raises(Unusable, match=detail) as unusable:
        Expression.of(text)
    assert "\n" not in str(unusable.value) and str(unusable.value).endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "[@,@]" + "|[@,@]" * 25,
        "[@,@][]" + "|[@,@][]" * 8,
        "{a:@,b:@}" + "|{a:@,b:@}" * 20,
        "to_string([@,@]" + "|[@,@]" * 20 + ")",
        "[@,@]" + "|[@,@]" * 20 + " == @",
        "join(long, many)",
        "many[*].[@,@,@,@][]" + ".[@,@,@,@][]" * 2,
        "many[?contains(@, 'y')][] | [?@ == 'y'] | [?@ == 'y'] | [?@ == 'y']",
        "map(&[@,@,@,@,@], many) | [] | map(&[@,@,@,@,@], @)",
    ],
)
def test_what_grows_or_takes_long_is_stopped(text: str) -> None:
    document = {"long": "x" * 50_000, "many": ["y"] * 1_500}
    with pytest.raises(Failed, match="too many steps"):
        Expression.of(text).value(document, Steps(STEPS))


def test_steps_are_those_of_all_expressions_of_a_submission() -> None:
    steps = Steps(10)
    for _ in range(3):
        Expression.of("a.b").value({}, steps)
    with pytest.raises(Failed):
        Expression.of("a.b").value({}, steps)


@pytest.mark.parametrize(
    "text", ["max(answers)", 'sort(answers."Who?"[].[@])', "ceil(`1e999`)", "keys(answers.n)"]
)
def test_what_an_expression_is_not_meant_for_is_told_without_the_answers(text: str) -> None:
    with pytest.raises(Failed, match="is not meant for") as failed:
        Expression.of(text).value(ANSWERS, Steps(STEPS))
    assert "Labels" not in str(failed.value) and "Ada" not in str(failed.value)

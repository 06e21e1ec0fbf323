"""No rule without a test that breaks it and one that just keeps it."""

import importlib
import pkgutil
from collections.abc import Iterator

import tests.events
from events.rules import ADVICE, RULES

STAGES = frozenset(
    {
        "field",
        "event.conflict",
        "subject.exists",
        "subject.unknown",
        "sender.not_allowed",
        "stream.version",
        "batch.dependent",
    }
)
VOCABULARY_TABLE = STAGES | {
    "question.how_can_we",
    "member.already",
    "member.absent",
    "member.required",
    "pairing.members",
    "pairing.ended",
    "owner.mismatch",
    "question.closed",
    "question.unchanged",
    "iteration.started",
    "iteration.not_started",
    "iteration.concluded",
    "iteration.no_evidence",
    "iteration.follows_open",
    "failure.not_intelligent",
    "failure.deviance_private",
    "origin.self",
    "publication.cites_private",
    "publication.withdrawn",
    "cohort.closed",
    "commitment.settled",
    "time.future",
    "event.correctable",
    "void.dependants",
    "person.forgotten",
}


def _marked(name: str) -> Iterator[str]:
    """Yield the rules that the tests of this package say they break, or keep."""
    for module in pkgutil.walk_packages(tests.events.__path__, "tests.events."):
        for item in vars(importlib.import_module(module.name)).values():
            for mark in getattr(item, "pytestmark", ()):
                if mark.name == name:
                    yield mark.args[0]


def test_the_rules_in_code_are_those_of_the_vocabulary() -> None:
    assert {rule.id for rule in RULES} | STAGES == VOCABULARY_TABLE


def test_the_advice_in_code_is_that_of_the_vocabulary() -> None:
    assert {one.id for one in ADVICE} == {
        "cohort.size",
        "cohort.months",
        "time.order",
        "learning.without_cohort",
        "measure.unknown",
        "correction.shown",
        "organisation.same_name",
        "session.not_present",
        "question.form",
        "revision.unchanged",
    }


def test_what_an_earlier_release_took_is_not_judged_by_rules_that_came_later() -> None:
    later = {rule.id for rule in RULES if rule.of_new_events}
    assert later == {"question.how_can_we", "question.unchanged"}


def test_every_rule_is_broken_by_a_test() -> None:
    assert set(_marked("breaks")) == VOCABULARY_TABLE


def test_every_rule_is_just_kept_by_a_test() -> None:
    assert set(_marked("keeps")) == VOCABULARY_TABLE


def test_every_rule_says_what_it_is_for() -> None:
    assert [rule.id for rule in RULES if not rule.text.endswith(".")] == []

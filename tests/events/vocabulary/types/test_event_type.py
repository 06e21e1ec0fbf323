"""Event types as programs make them, and as senders write them."""

from datetime import date, datetime

import pytest
from pydantic import ValidationError

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import Loop
from howcanwe.vocabulary import CohortFormed, LearningCaptured, OrganisationRegistered

LEARNING = {
    "learning": "labels",
    "organisation": "mill-museum",
    "statement": "Visitors rewrite labels.",
    "loop": "single",
    "evidence_level": 2,
    "from": ["iteration/label-wall-2"],
}


def test_a_program_writes_the_names_of_the_fields_and_sends_their_aliases() -> None:
    learning = LearningCaptured(
        learning="labels",
        organisation="mill-museum",
        statement="Visitors rewrite labels.",
        loop=Loop.SINGLE,
        evidence_level=2,
        from_=["iteration/label-wall-2"],
    )
    assert learning.model_dump(mode="json", by_alias=True, exclude_unset=True) == LEARNING
    named = OrganisationRegistered(organisation="guild", name_="Guild", sector="crafts")
    assert named == OrganisationRegistered.model_validate(
        {"organisation": "guild", "name": "Guild", "sector": "crafts"}
    )


def test_a_sender_writes_the_aliases_alone() -> None:
    kind = VOCABULARY.of(LearningCaptured)
    assert kind.validated(LEARNING).from_ == ["iteration/label-wall-2"]
    sent = {name: value for name, value in LEARNING.items() if name != "from"}
    with pytest.raises(ValidationError) as caught:
        kind.validated({**sent, "from_": ["iteration/label-wall-2"]})
    assert {error["type"] for error in caught.value.errors()} == {"missing", "extra_forbidden"}


@pytest.mark.parametrize("day", [date(2026, 1, 31), "2026-01-31"], ids=["a date", "a text"])
def test_a_day_is_a_date_or_its_text(day: date) -> None:
    formed = CohortFormed(
        cohort="c", title="C", question="q", text="How can we?", facilitator="Ada", starts_on=day
    )
    assert formed.starts_on == date(2026, 1, 31)


def test_a_moment_is_no_day() -> None:
    with pytest.raises(ValidationError, match="a date as YYYY-MM-DD"):
        CohortFormed(
            cohort="c",
            title="C",
            question="q",
            text="How can we?",
            facilitator="Ada",
            starts_on=datetime(2026, 1, 31),
        )

"""What an event needs, and what its fields have to be beside one another."""

import pytest

from events.vocabulary.catalogue import VOCABULARY
from tests.events import samples
from tests.events.samples import EventJson
from tests.events.vocabulary.fields.faults import faults, with_data


@pytest.mark.parametrize(
    "event",
    [
        samples.formed(),
        samples.planned(),
        samples.observed(),
        samples.concluded(),
        samples.failed(),
    ],
)
def test_every_required_field_is_asked_for(event: EventJson) -> None:
    found = VOCABULARY.find(event["type"])
    assert found is not None
    assert sorted(faults({**event, "data": {}})) == sorted(
        f"/data/{name}" for name in found[0].required
    )


def test_a_plan_ends_on_the_day_it_starts_or_later() -> None:
    same = with_data(samples.planned(), starts_on="2024-03-01", ends_on="2024-03-01")
    before = with_data(samples.planned(), starts_on="2024-03-02", ends_on="2024-03-01")
    assert faults(same) == []
    assert faults(before) == ["/data/ends_on"]
    assert faults(with_data(samples.planned(), ends_on="2024-03-01")) == []


@pytest.mark.parametrize(
    ("event", "parts"),
    [
        (samples.revised(), ("hypothesis", "action", "measure", "criterion")),
        (samples.reclassified(), ("failure_type", "failure_cause", "facet", "degree")),
    ],
    ids=["revision", "reclassification"],
)
def test_a_change_changes_at_least_one_of_its_four_parts(
    event: EventJson, parts: tuple[str, ...]
) -> None:
    values = {
        "failure_type": "basic",
        "failure_cause": "uncertainty",
        "facet": "purpose",
        "degree": "outright_failure",
    }
    data = {name: value for name, value in event["data"].items() if name not in parts}
    assert faults({**event, "data": data}) == ["/data"]
    for part in parts:
        assert faults({**event, "data": {**data, part: values.get(part, "x")}}) == []


def test_a_revision_to_blanks_only_changes_nothing() -> None:
    assert faults(with_data(samples.revised(), action=" ", measure="")) == ["/data"]


def test_a_publication_is_of_a_cohort_or_an_organisation_or_both() -> None:
    neither = samples.released(organisation=None)
    assert faults(neither) == ["/data"]
    assert faults(with_data(neither, cohort="heritage")) == []
    assert faults(with_data(samples.released(), cohort="heritage")) == []

"""The generator: seeded, varied, bounded. That its events are valid is for the log's judge to say."""

import json
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from events.vocabulary.types import EVENT_TYPES
from events.vocabulary.values.question_form import ENGLISH, has_question_form
from service.samples.generator import generate
from service.samples.generator.participants.commons import POOL_MAX, Pool
from service.samples.generator.participants.subject import SampleSubject
from service.samples.generator.randomness.dice import Dice

CREATED_BY = {
    "cohort.formed": ("cohort", "question"),
    "organisation.registered": ("organisation",),
    "organisations.paired": ("pairing",),
    "inspiration.shared": ("inspiration",),
    "question.framed": ("question",),
    "iteration.planned": ("iteration",),
    "failure.recorded": ("failure",),
    "learning.captured": ("learning",),
    "help.asked": ("ask",),
    "outcome.harvested": ("outcome",),
    "publication.released": ("publication",),
    "person.introduced": ("person",),
    "session.held": ("session",),
    "commitment.made": ("commitment",),
}

HASH_PROGRAM = """
import hashlib, json
from service.samples.generator import generate
lines = (json.dumps(event) for event in generate(cohorts=3, seed=8))
print(hashlib.sha256("".join(lines).encode()).hexdigest())
"""


def name(event: dict[str, object]) -> str:
    return str(event["type"]).removeprefix("org.howcanwe.").rpartition(".")[0]


def data(event: dict[str, object]) -> dict[str, object]:
    found = event["data"]
    assert isinstance(found, dict)
    return found


def time(event: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(event["time"]))


def of_position(events: list[dict[str, object]]) -> Iterator[tuple[int, dict[str, object], int]]:
    """The events that name a position: their own position, they themselves, and the one named."""
    for position, event in enumerate(events, 1):
        if name(event) in ("event.voided", "event.corrected"):
            yield position, event, int(str(data(event)["event"]))
        elif name(event) == "visibility.changed" and str(data(event)["of"]).startswith("event/"):
            yield position, event, int(str(data(event)["of"]).removeprefix("event/"))


def test_the_same_arguments_give_the_same_events() -> None:
    once, again = (list(generate(cohorts=5, seed=3, scale=1.5)) for _ in range(2))
    assert json.dumps(once) == json.dumps(again)


def test_another_process_with_other_string_hashes_gives_the_same_bytes() -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", HASH_PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1


def test_another_seed_gives_other_events_of_another_source() -> None:
    one, other = (list(generate(cohorts=1, seed=seed)) for seed in (1, 2))
    assert [data(event) for event in one] != [data(event) for event in other]
    assert {event["source"] for event in one} == {"urn:howcanwe:generated:1"}
    assert {event["source"] for event in other} == {"urn:howcanwe:generated:2"}


def test_more_cohorts_begin_with_the_fewer() -> None:
    few = list(generate(cohorts=3, seed=5))
    assert list(islice(generate(cohorts=10, seed=5), len(few))) == few


def test_a_cohort_has_about_three_hundred_events() -> None:
    sizes = Counter(str(event["id"]).partition("-")[0] for event in generate(cohorts=60, seed=1))
    assert len(sizes) == 60
    assert 260 <= sizes.total() / 60 <= 340
    assert min(sizes.values()) > 100
    assert max(sizes.values()) < 600


@pytest.mark.parametrize("scale", [0.5, 3.0, 10.0])
def test_scale_multiplies_the_events_of_a_cohort(scale: float) -> None:
    ordinary = sum(1 for _ in generate(cohorts=40, seed=2))
    scaled = sum(1 for _ in generate(cohorts=40, seed=2, scale=scale))
    assert scaled / ordinary == pytest.approx(scale, rel=0.2)


def test_every_event_type_occurs_in_twenty_cohorts() -> None:
    types = {event["type"] for event in generate(cohorts=20, seed=1)}
    assert types == {model.wire_name() for model in EVENT_TYPES}


def test_commitments_end_in_every_way_and_some_are_overdue() -> None:
    events = list(generate(cohorts=20, seed=1))
    settled = {
        data(event)["commitment"]: data(event)["outcome"]
        for event in events
        if name(event) == "commitment.settled"
    }
    made = [event for event in events if name(event) == "commitment.made"]
    assert set(settled.values()) == {"kept", "changed", "dropped"}
    assert any("session" in data(event) for event in made)
    overdue = [
        event
        for event in made
        if data(event)["commitment"] not in settled and "due_on" in data(event)
    ]
    assert len(made) > 2 * len(overdue) > 0


def test_sessions_are_attended_by_organisations_that_are_present() -> None:
    present: set[tuple[object, object]] = set()
    attended = 0
    for event in generate(cohorts=20, seed=1, positions=False):
        about = data(event)
        if name(event) in ("organisation.joined", "organisation.left"):
            change = present.add if name(event) == "organisation.joined" else present.discard
            change((about["organisation"], about["cohort"]))
        elif name(event) == "session.held":
            there = about["attended"]
            assert isinstance(there, list)
            assert {(one, about["cohort"]) for one in there} <= present
            attended += len(there)
    assert attended > 100


def test_some_cohorts_have_hosts_and_all_hosts_of_some_are_taken_back() -> None:
    hosts = [
        (name(event), data(event)["hosts"])
        for event in generate(cohorts=60, seed=1)
        if "hosts" in data(event)
    ]
    assert any(of == "cohort.formed" for of, _ in hosts)
    assert ("cohort.revised", []) in hosts
    assert ("cohort.formed", []) not in hosts


def test_questions_have_the_form_of_their_language() -> None:
    cohorts: dict[object, str] = {}
    questions: dict[object, str] = {}
    for event in generate(cohorts=60, seed=1):
        about = data(event)
        if name(event) == "cohort.formed":
            cohorts[about["cohort"]] = str(about.get("language", ENGLISH))
        elif name(event) not in ("question.framed", "question.reframed"):
            continue
        usual = questions.get(about["question"], cohorts.get(about.get("cohort"), ENGLISH))
        language = str(about.get("language", usual))
        assert has_question_form(str(about["text"]), language), event
        questions[about["question"]] = language
    assert len(set(cohorts.values())) > 2
    assert set(cohorts.values()) <= set(questions.values())


def test_some_events_have_links_and_some_times_a_precision() -> None:
    events = list(generate(cohorts=20, seed=1))
    assert len({name(event) for event in events if "links" in data(event)}) == 7
    precisions = {event["timeprecision"] for event in events if "timeprecision" in event}
    assert precisions == {"year", "month", "day", "minute"}


def test_no_cohorts_give_no_events() -> None:
    assert list(generate(cohorts=0, seed=1)) == []


@pytest.mark.parametrize(("cohorts", "scale"), [(-1, 1.0), (1, 0.0), (1, -2.0), (1, float("inf"))])
def test_a_number_that_makes_no_sense_is_refused_at_once(cohorts: int, scale: float) -> None:
    with pytest.raises(ValueError, match="must"):
        generate(cohorts=cohorts, seed=1, scale=scale)


def test_ids_and_keys_are_unique() -> None:
    events = list(generate(cohorts=60, seed=4))
    ids = [event["id"] for event in events]
    keys = [
        (kind, data(event)[kind]) for event in events for kind in CREATED_BY.get(name(event), ())
    ]
    assert len(set(ids)) == len(ids)
    assert len(set(keys)) == len(keys)


def test_times_lie_in_their_years_and_carry_their_offset() -> None:
    for event in generate(cohorts=60, seed=6):
        assert time(event).utcoffset() is not None
        assert datetime(2015, 1, 1, tzinfo=UTC) <= time(event) <= datetime(2025, 7, 1, tzinfo=UTC)


def test_some_events_are_recorded_days_after_others_that_happened_later() -> None:
    latest: dict[str, datetime] = {}
    late = 0
    for event in generate(cohorts=5, seed=7):
        cohort = str(event["id"]).partition("-")[0]
        before = latest.setdefault(cohort, time(event))
        late += time(event) < before - timedelta(days=1)
        latest[cohort] = max(before, time(event))
    assert late > 20


def test_references_across_cohorts_point_backwards_only() -> None:
    crossing = 0
    for event in generate(cohorts=30, seed=9):
        index = int(str(event["id"]).partition("-")[0][1:])
        for word in json.dumps(data(event)).replace('"', " ").replace("/", " ").split():
            if word[0] == "c" and word[1:5].isdecimal() and word[5:6] in ("", "-"):
                assert int(word[1:5]) <= index
                crossing += int(word[1:5]) < index
    assert crossing > 100


def test_some_organisations_come_back_in_later_cohorts() -> None:
    joined = {
        (data(event)["organisation"], data(event)["cohort"])
        for event in generate(cohorts=20, seed=1)
        if name(event) == "organisation.joined"
    }
    cohorts = Counter(organisation for organisation, _ in joined)
    assert max(cohorts.values()) > 1


def test_positions_named_are_those_of_earlier_events_of_the_stream() -> None:
    events = list(generate(cohorts=20, seed=2))
    named = list(of_position(events))
    assert any(name(event) == "visibility.changed" for _, event, _ in named)
    for position, event, about in named:
        assert 1 <= about < position
        target = events[about - 1]
        assert name(target) not in ("event.voided", "person.forgotten")
        # A cohort puts only its own mistakes right.
        assert str(target["id"]).partition("-")[0] == str(event["id"]).partition("-")[0]
    voided = [about for _, event, about in named if name(event) == "event.voided"]
    assert len(set(voided)) == len(voided)


def test_without_positions_no_event_names_one() -> None:
    assert not list(of_position(list(generate(cohorts=20, seed=2, positions=False))))


def test_some_cohorts_are_still_under_way_when_the_record_ends() -> None:
    events = list(generate(cohorts=20, seed=3))
    formed = {data(event)["cohort"] for event in events if name(event) == "cohort.formed"}
    closed = {data(event)["cohort"] for event in events if name(event) == "cohort.closed"}
    assert closed < formed
    assert len(formed - closed) == 3


def test_a_pool_keeps_no_more_than_its_maximum() -> None:
    pool: Pool[SampleSubject] = Pool()
    dice = Dice("pool")
    for number in range(5 * POOL_MAX):
        pool.keep(SampleSubject("ask", f"a{number}", "", "public", number), dice)
    assert len(pool) == POOL_MAX
    assert max(thing.since for thing in pool) > 4 * POOL_MAX
    found = pool.find(dice, before=5 * POOL_MAX, but="nobody")
    assert found is not None
    assert pool.find(dice, before=0) is None


def test_many_cohorts_take_no_more_memory_than_some() -> None:
    tracemalloc.start()
    try:
        held = []
        for event in generate(cohorts=101, seed=1):
            if name(event) == "cohort.formed" and str(data(event)["cohort"]) in ("c0050", "c0100"):
                held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] < 1.25 * held[0]

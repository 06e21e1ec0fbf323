"""Who sees what, in SQL: the same judgement as the log's, for every role, over records with levels at random."""

import json
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.access.visibility import sees_event_itself, viewer_of
from events.lines.recorded import Recorded
from events.log import EventLog
from events.reading.visible_log import VisibleLog
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import Visibility
from projections.folding.projection import Facts
from projections.models import PROJECTIONS, SUBJECTS
from projections.models.wordings import SEARCHED, Wordings
from projections.queries import search, timelines
from projections.queries.lists import Visible
from projections.queries.search import SearchRequest
from projections.updating.runner import Runner
from service.samples.generator import generate
from tests.projections.stories import cohort, event_maker

LEVELS = [level.value for level in Visibility]


def random_events(seed: int) -> list[dict[str, Any]]:
    """Return events of a few cohorts, their levels at random."""
    dice = Random(seed)
    events = list(generate(cohorts=2, seed=seed, scale=0.3, positions=False))
    for event in events:
        if dice.random() < 0.7:
            event["visibility"] = dice.choice(LEVELS)
    return events


def later_changes(seed: int, record: list[Recorded]) -> list[dict[str, Any]]:
    """Return changes of levels and voids, at random; the log refuses those that break a rule."""
    dice = Random(seed)
    changes = []
    for number in range(150):
        about = dice.choice(record)
        named = {"source": about.content["source"], "id": about.content["id"]}
        of = dice.choice([f"event/{about.position}", about.content["subject"]])
        kind, data = dice.choice(
            [
                ("visibility.changed", {"of": of, "visibility": dice.choice(LEVELS)}),
                (
                    "event.voided",
                    {"event": named if number % 2 else about.position, "reason": "A mistake."},
                ),
            ]
        )
        changes.append(
            {
                "specversion": "1.0",
                "id": f"change-{number}",
                "source": "urn:test",
                "type": VOCABULARY.named(kind).wire_name,
                "time": "2026-01-01T00:00:00Z",
                "data": data,
            }
        )
    # A void can itself be about a change of an event's level; and the key of a voided creation is used again.
    return changes


async def recorded(log: EventLog, seed: int) -> list[Recorded]:
    """Record a story at random, and return all of it."""
    for events in (random_events(seed), None):
        if events is None:
            events = later_changes(seed, [found async for found in log.read()])
        for start in range(0, len(events), 50):
            page = [log.check(event) for event in events[start : start + 50]]
            await log.record(page, sender=RECORD, lenient=True)
    record = [found async for found in log.read()]
    again = [
        {**dict(found.content["data"]), "type": found.content["type"]}
        for found in record
        if found.content["type"].startswith("org.howcanwe.failure.recorded")
    ][:20]
    for number, data in enumerate(again):
        kind = data.pop("type")
        page = [
            log.check(
                {
                    "specversion": "1.0",
                    "id": f"again-{number}",
                    "source": "urn:test",
                    "type": kind,
                    "time": "2026-01-02T00:00:00Z",
                    "visibility": "pair",
                    "data": data,
                }
            )
        ]
        await log.record(page, sender=RECORD, lenient=True)
    return [found async for found in log.read()]


async def viewers(runner: Runner) -> list[Principal]:
    cohorts = SUBJECTS["cohort"]
    organisations = SUBJECTS["organisation"]
    names = [row.key for row in await runner.read_models.rows(select(cohorts.c.key))]
    members = [row.key for row in await runner.read_models.rows(select(organisations.c.key))]
    return [
        RECORD,
        PUBLIC,
        Principal("analyst", Role.ANALYST),
        Principal("admin", Role.ADMIN),
        Principal("some", Role.FACILITATOR, cohorts=frozenset(names[:1])),
        Principal("others", Role.FACILITATOR, cohorts=frozenset(names[1:])),
        Principal("evaluator", Role.EVALUATOR, cohorts=frozenset(names[:1])),
        *(
            Principal(key, Role.ORGANISATION, organisation=key)
            for key in [*members[:4], members[-1]]
        ),
        *(
            Principal(f"guest of {key}", Role.GUEST, frozenset(names[:1]), key)
            for key in members[:2]
        ),
    ]


@pytest.mark.parametrize("seed", [3, *(pytest.param(n, marks=pytest.mark.long) for n in (8, 21))])
async def test_sql_and_the_log_judge_alike(log: EventLog, runner: Runner, seed: int) -> None:
    record = await recorded(log, seed)
    await runner.catch_up()
    organisations = SUBJECTS["organisation"]
    keys = [row.key for row in await runner.read_models.rows(select(organisations.c.key))]
    events = {found.position: found.event(log.catalogue) for found in record}
    differences = 0
    for viewer in await viewers(runner):

        async def rows_of(statement: Any, viewer: Principal = viewer) -> list[Any]:
            return await runner.read_models.seen(viewer, statement)

        def itself(state_view: Any, viewer: Principal = viewer) -> dict[int, bool]:
            found = {}
            for position, event in events.items():
                about = event
                while about.about_event is not None:
                    about = state_view.event(about.about_event)
                found[position] = viewer.facilitates_everything or sees_event_itself(
                    viewer_of(viewer, state_view), about, state_view
                )
            return found

        visible_log = VisibleLog(log.ask, log.catalogue, log.vault)
        judged = await log.ask(
            partial(visible_log.judged, question=itself, named=[], viewer=viewer)
        )
        lines = {
            row["position"] for row in await rows_of(timelines.with_visible_lines(list(events)))
        }
        assert lines == {found.position for found in await log.visible(record, viewer)}, viewer
        streams = [f"organisation/{key}" for key in keys]
        cohorts = sorted({s for e in events.values() for s in e.streams if s.startswith("cohort/")})
        whole = {"after": 0, "through": len(record), "limit": 10_000}
        for several in ([], cohorts):
            page = await rows_of(timelines.following(several, (), **whole))
            in_order = [
                p
                for p, e in sorted(events.items())
                if judged[p] and (not several or not set(several).isdisjoint(e.streams))
            ]
            assert [row["position"] for row in page] == in_order, (viewer, several)
        for stream in [*streams, *cohorts]:
            kind, _, key = stream.partition("/")
            chosen = timelines.Chosen(kind, through=len(record))
            statement = timelines.following([stream], (), **whole)
            seen = {row["position"] for row in await rows_of(statement)}
            expected = {p for p, e in events.items() if stream in e.streams and judged[p]}
            assert seen == expected, (viewer, stream)
            [count] = await rows_of(timelines.counts(chosen, [key]))
            assert (count["total"], count["filtered"]) == (len(seen), len(seen))
            differences += len(expected) != sum(stream in e.streams for e in events.values())
        for kind, table in SUBJECTS.items():
            visible = Visible(table)
            statement = select(visible.rows.c.key).where(visible.condition)
            seen_keys = {row["key"] for row in await rows_of(statement)}
            all_keys = {row.key for row in await runner.read_models.rows(select(table.c.key))}
            given = {key for key in all_keys if await log.stream_version(f"{kind}/{key}", viewer)}
            assert seen_keys == given, (viewer, kind)
        created = {
            f"{kind}/{row['key']}": row["position"]
            for kind, table in SUBJECTS.items()
            for visible in [Visible(table)]
            for row in await rows_of(
                select(visible.rows.c.key, visible.rows.c.position).where(visible.condition)
            )
        }
        asked = SearchRequest.read("t")
        words = Wordings.table.c
        every = await runner.read_models.rows(select(words.position, words.stream, words.tokens))
        found = search.found(asked, SEARCHED, after=None, limit=10_000, texts_max=100)
        answer = await runner.read_models.answer(viewer, *found)
        matching = {
            (row.stream, row.position)
            for row in every
            if any(token.startswith("t") for token in row.tokens)
            # A shared question is seen with its text, also where the cohort that is formed with it is not.
            and (judged[row.position] or created.get(row.stream) == row.position)
            and row.position >= created.get(row.stream, 10**9)
        }
        assert answer["total"] == len({stream for stream, _ in matching})
        subjects = json.loads(answer["subjects"] or "[]")
        assert {
            (stream, position) for stream, *_, texts in subjects for position, *_ in texts
        } == matching, viewer
        for name, about, field in FACTS:
            rows, subjects = name.alias(), SUBJECTS[about].alias()
            visible = Visible(name, (about, field))
            statement = (
                select(visible.rows.c.position).select_from(visible.source).where(visible.condition)
            )
            seen = {row["position"] for row in await rows_of(statement)}
            joined = select(rows.c.position).join(subjects, subjects.c.key == rows.c[field])
            there = {row.position for row in await runner.read_models.rows(joined)}
            # A shared question's first wording goes with the question, not with its cohort.
            there -= {p for p in there if events[p].kind.name == "cohort.formed"}
            seen -= {p for p in seen if events[p].kind.name == "cohort.formed"}
            assert seen == {p for p in there if judged[p]}, (viewer, name.name)
    assert differences > 50


async def test_what_a_viewer_holds_is_what_it_holds_at_the_moment_of_the_rows(
    log: EventLog, runner: Runner
) -> None:
    make_event = event_maker()
    await log.append(cohort(make_event))
    await log.append(
        [
            make_event(
                "organisation.registered", "2025-01-02", organisation="new", name="N", sector="food"
            )
        ]
    )
    for level in ("pair", "cohort"):
        await log.append(
            [
                make_event(
                    "question.framed",
                    "2025-01-05",
                    level,
                    question=level,
                    organisation="mill",
                    cohort="valley",
                    text="How can we share the water?",
                )
            ]
        )
    new = Principal("new", Role.ORGANISATION, organisation="new")
    visible = Visible(SUBJECTS["question"])
    statement = select(visible.rows.c.key).where(
        visible.condition, visible.rows.c.organisation.is_not(None)
    )

    async def shown(viewer: Principal) -> set[str]:
        await runner.catch_up()
        return {row["key"] for row in await runner.read_models.seen(viewer, statement)}

    assert await shown(new) == set()
    for name, data, expected in (
        ("organisation.joined", {"organisation": "new", "cohort": "valley"}, {"cohort"}),
        (
            "organisations.paired",
            {"pairing": "other", "cohort": "valley", "organisations": ["mill", "new"]},
            {"cohort", "pair"},
        ),
        ("note.added", {"about": "organisation/new", "text": "Hm."}, {"cohort", "pair"}),
        ("pairing.ended", {"pairing": "other"}, {"cohort"}),
        (
            "organisations.paired",
            {"pairing": "third", "cohort": "valley", "organisations": ["mill", "new"]},
            {"cohort", "pair"},
        ),
        ("event.voided", {"event": 14, "reason": "A slip."}, {"cohort"}),
        (
            "organisations.paired",
            {"pairing": "fourth", "cohort": "valley", "organisations": ["mill", "new"]},
            {"cohort", "pair"},
        ),
        (
            "organisation.left",
            {"organisation": "mill", "cohort": "valley", "reason": "capacity"},
            {"cohort"},
        ),
        ("organisation.joined", {"organisation": "mill", "cohort": "valley"}, {"cohort"}),
        (
            "organisations.paired",
            {"pairing": "fifth", "cohort": "valley", "organisations": ["mill", "new"]},
            {"cohort", "pair"},
        ),
        ("cohort.closed", {"cohort": "valley"}, {"cohort"}),
    ):
        await log.append([make_event(name, "2025-01-06", **data)])
        assert await shown(new) == expected, name


FACTS = [
    (projection.table, about, field)
    for projection in PROJECTIONS
    if isinstance(projection, Facts) and projection.name != "notes"
    for about, field in [
        next(
            (kind, kind)
            for kind in (
                "pairing",
                "question",
                "iteration",
                "failure",
                "learning",
                "inspiration",
                "ask",
                "outcome",
                "organisation",
            )
            if kind in projection.table.c
            and (kind != "iteration" or projection.name not in ("reviews", "adoptions", "uses"))
        )
    ]
]

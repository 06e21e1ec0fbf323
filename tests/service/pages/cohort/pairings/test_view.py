from collections.abc import Mapping, Sequence
from typing import Any

from service.pages.cohort.day import day_of
from service.pages.cohort.pairings.view import suggestion
from tests.service.pages.cohort.visits import organisation, visit

DAY = day_of(visit(at="2024-07-01"))
FOUND = {
    "themes": ["Volunteers"],
    "score": 0.5,
    "organisationSubjects": [organisation("mill"), organisation("canal")],
}


def member(
    questions: Sequence[Any] = (), asks: Sequence[Any] = (), learnings: Sequence[Any] = ()
) -> Mapping[str, Any]:
    return {
        "questions": {"nodes": questions},
        "asks": {"nodes": asks},
        "learnings": {"nodes": learnings},
    }


def thing(
    key: str, *themes: str, time: str = "2024-03-01T10:00:00Z", **more: Any
) -> Mapping[str, Any]:
    return {"key": key, "time": time, "themes": themes, **more}


def exchanges(
    mill: Mapping[str, Any], canal: Mapping[str, Any]
) -> list[tuple[str, list[str], list[str]]]:
    found = suggestion(FOUND, {"mill": mill, "canal": canal}, DAY)
    return [
        (
            one.needs["key"],
            [need["key"] for need in (*one.questions, *one.asks)],
            [offer["key"] for offer in one.learnings],
        )
        for one in found.exchanges
    ]


def test_needs_stand_beside_what_the_other_has_learned_on_the_same_theme() -> None:
    mill = member(
        questions=[thing("ours", "volunteers", closedAt=None), thing("no", "tea", closedAt=None)],
        asks=[thing("help", "VOLUNTEERS", helps={"nodes": []})],
    )
    canal = member(learnings=[thing("brew", "volunteers"), thing("ropes", "knots")])
    assert exchanges(mill, canal) == [("mill", ["ours", "help"], ["brew"])]


def test_what_was_closed_answered_or_learned_by_the_day_counts() -> None:
    before, after = "2024-06-01T10:00:00Z", "2024-08-01T10:00:00Z"
    mill = member(
        questions=[
            thing("closed", "volunteers", closedAt=before),
            thing("open", "volunteers", closedAt=after),
            thing("later", "volunteers", time=after, closedAt=None),
        ],
        asks=[
            thing("answered", "volunteers", helps={"nodes": [{"time": before}]}),
            thing("waiting", "volunteers", helps={"nodes": [{"time": after}]}),
        ],
    )
    canal = member(learnings=[thing("new", "volunteers", time=after), thing("old", "volunteers")])
    assert exchanges(mill, canal) == [("mill", ["open", "waiting"], ["old"])]


def test_without_what_the_visitor_sees_of_it_the_themes_remain() -> None:
    found = suggestion(FOUND, {"mill": member(), "canal": member()}, DAY)
    assert (found.themes, found.exchanges) == (["Volunteers"], [])
    assert suggestion(FOUND, {}, DAY).exchanges == []

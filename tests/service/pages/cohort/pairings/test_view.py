from collections.abc import Mapping, Sequence
from typing import Any

from service.pages.cohort.day import day_of
from service.pages.cohort.pairings.view import pair, suggestion
from tests.service.pages.cohort.visits import NOW, organisation, visit

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


PAIRED = "2024-02-01T10:00:00Z"


def ended(*left: str, close: str | None = None, end: str | None = None) -> tuple[str | None, bool]:
    """Return when a pairing ended whose first organisation left so often, and whether its leaving ended it."""
    pairing = {
        "time": PAIRED,
        "endedAt": end,
        "organisations": [organisation("mill"), organisation("canal")],
    }
    members = [
        {"organisation": organisation("mill"), "stays": [{"leftAt": one} for one in (*left, None)]},
        {"organisation": organisation("other"), "stays": [{"leftAt": "2024-02-02T10:00:00Z"}]},
    ]
    found = pair(pairing, {"closedAt": close, "memberships": {"nodes": members}}, NOW)
    return found.ended, found.left is not None


def test_a_pairing_ends_by_itself_with_the_close_or_when_one_leaves_whichever_is_first() -> None:
    first, second, third = (f"2024-0{month}-01T10:00:00Z" for month in (3, 4, 5))
    assert ended() == (None, False)
    assert ended(end=first, close=second) == (first, False)
    assert ended(end=third, close=second) == (second, False)
    assert ended(first, end=third, close=second) == (first, True)
    assert ended("2024-01-20T10:00:00Z") == (None, False)


def test_a_pairing_is_young_for_thirty_days_unless_it_has_ended() -> None:
    def is_young(time: str, end: str | None = None) -> bool:
        given: dict[str, Any] = {"time": time, "endedAt": end, "organisations": []}
        return pair(given, {"closedAt": None, "memberships": {"nodes": []}}, NOW).is_young

    assert is_young("2024-06-01T12:00:01Z")
    assert not is_young("2024-06-01T12:00:00Z")
    assert not is_young("2024-06-20T12:00:00Z", "2024-06-21T12:00:00Z")

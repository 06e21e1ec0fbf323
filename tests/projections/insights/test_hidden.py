"""What a viewer may not see has no part in a figure: not by its absence, not by a filter, not by `partial`."""

import pytest

from events.access.principal import Role
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.viewer import FigureViewer
from tests.events.samples import (
    captured,
    failed,
    formed,
    framed,
    joined,
    noted,
    planned,
    shown,
    started,
    voided,
)
from tests.projections.insights.hand import ANALYST, FACILITATOR, Hand

PUBLIC = FigureViewer(Role.PUBLIC)
MILL = FigureViewer(Role.ORGANISATION, organisation="mill")
OF_HERITAGE = FigureViewer(Role.FACILITATOR, cohorts=frozenset({"heritage"}))
OF_NOTHING_HERE = FigureViewer(Role.FACILITATOR, cohorts=frozenset({"elsewhere"}))
HERITAGE = Scope(cohorts=frozenset({"heritage"}))
UNKNOWN = Scope(cohorts=frozenset({"nowhere"}))


def a_public_trial(hand: Hand, learner: str) -> None:
    """Let mill's trial be public, and what the learner learned from it; the organisations are not."""
    hand.record(1, planned(cohort="heritage", visibility="public"), started())
    from_ = ["iteration/trial"]
    hand.record(3, captured("one", learner, cohort="heritage", from_=from_, visibility="public"))


@pytest.mark.parametrize("learner", ["mill", "archive"])
def test_two_hidden_organisations_are_never_the_same_one(asking: Hand, learner: str) -> None:
    a_public_trial(asking, learner)
    velocity = asking.figure("learningVelocity", viewer=PUBLIC)
    assert velocity == {"n": 0, "items": [], "quartiles": None, "without": 1}
    assert asking.figure("learningVelocity")["n"] == (learner == "mill")


def test_two_hidden_organisations_are_never_the_same_one_where_cohorts_are_compared(
    asking: Hand,
) -> None:
    asking.record(0, shown("cohort/heritage", "public"))
    a_public_trial(asking, "mill")
    [row] = asking.figure("compareCohorts", viewer=PUBLIC)["list"]
    assert row["learningVelocity"] is None
    asking.record(9, shown("organisation/mill", "public"))
    [row] = asking.figure("compareCohorts", viewer=PUBLIC)["list"]
    assert row["learningVelocity"] == 2.0


def test_a_filter_by_a_hidden_cohort_is_one_by_an_unknown_key(asking: Hand) -> None:
    a_public_trial(asking, "mill")
    asking.record(3, failed(cohort="heritage", visibility="public"))
    assert asking.figure("funnel", viewer=PUBLIC)["failures"] == 1
    assert asking.figures(viewer=PUBLIC, scope=HERITAGE) == asking.figures(
        viewer=PUBLIC, scope=UNKNOWN
    )
    asking.record(9, shown("cohort/heritage", "public"))
    assert asking.figure("funnel", viewer=PUBLIC, scope=HERITAGE)["failures"] == 1


def test_a_filter_by_a_voided_cohort_matches_nothing(hand: Hand) -> None:
    formed_at = hand.record(1, formed("open", visibility="public"))
    open_ = Scope(cohorts=frozenset({"open"}))
    hand.record(2, voided(formed_at))
    hand.record(3, formed("open"), joined("mill", "open"))
    hand.record(4, failed(cohort="open", visibility="public"))
    assert hand.figure("funnel", viewer=PUBLIC)["failures"] == 1
    assert hand.figure("funnel", viewer=PUBLIC, scope=open_)["failures"] == 0


@pytest.mark.parametrize(
    ("hidden", "unknown"),
    [
        (Scope(organisations=frozenset({"mill"})), Scope(organisations=frozenset({"nobody"}))),
        (Scope(sectors=frozenset({"museum"})), Scope(sectors=frozenset({"nothing"}))),
        (Scope(themes=frozenset({"secret"})), Scope(themes=frozenset({"nothing"}))),
    ],
    ids=["organisation", "sector", "theme"],
)
def test_a_filter_by_anything_hidden_is_one_by_something_unknown(
    asking: Hand, hidden: Scope, unknown: Scope
) -> None:
    a_public_trial(asking, "mill")
    asking.record(1, failed(cohort="heritage", themes=["secret"]))
    assert asking.figures(viewer=PUBLIC, scope=hidden) == asking.figures(
        viewer=PUBLIC, scope=unknown
    )


def test_figures_asked_of_what_is_hidden_are_those_of_an_unknown_key(asking: Hand) -> None:
    a_public_trial(asking, "mill")
    hidden = asking.figures(viewer=PUBLIC, organisation="mill", question="question")
    unknown = asking.figures(viewer=PUBLIC, organisation="nobody", question="nothing")
    assert hidden == unknown


def test_missing_parts_are_reported_to_the_facilitator_of_everything_or_of_the_cohorts_asked_for(
    asking: Hand,
) -> None:
    assert asking.figure("openAsks", viewer=OF_HERITAGE, scope=HERITAGE) is not None
    assert asking.figure("openAsks", viewer=OF_HERITAGE, scope=UNKNOWN) is None
    # Without a filter, work outside cohorts and that of all others are in scope.
    assert asking.figure("openAsks", viewer=OF_HERITAGE) is None
    assert asking.figure("openAsks", viewer=FACILITATOR) is not None


def test_a_partial_figure_shows_neither_theme_nor_day_nor_owner_of_a_peers_private_failure(
    asking: Hand,
) -> None:
    private = {"cohort": "heritage", "themes": ["light"], "visibility": "private"}
    failed_at = asking.record(50, failed("secret", "archive", **private))
    asked = [
        Scope(themes=frozenset({theme}), from_us=from_us, to_us=to_us, cohorts=cohorts, **more)
        for theme in ("light", "water")
        for from_us, to_us in ((None, None), (0, 1), (1, None))
        for cohorts in (frozenset[str](), HERITAGE.cohorts)
        for more in (
            {},
            {"organisations": frozenset({"archive"})},
            {"organisations": frozenset({"mill"})},
            {"sectors": frozenset({"museum"})},
        )
    ]

    def partial() -> set[bool]:
        return {
            asking.is_partial(day, viewer=MILL, scope=scope, as_of=as_of)
            for scope in asked
            for day in (1, 50, 51)
            for as_of in (None, 0, failed_at - 1, failed_at)
        }

    assert partial() == {True}
    # What is voided is not hidden, it is nothing.
    asking.record(60, voided(failed_at))
    assert partial() == {False}


def test_partial_is_about_the_cohorts_that_exist_for_the_viewer(asking: Hand) -> None:
    asking.record(1, formed("second"), joined("library", "second"))
    second = Scope(cohorts=frozenset({"second"}))
    asking.record(2, failed("theirs", "library", cohort="second"))
    assert asking.is_partial(viewer=MILL, scope=second)
    assert not asking.is_partial(viewer=MILL, scope=HERITAGE)
    assert asking.is_partial(viewer=MILL)
    # No cohort that the filter names exists for the public: there is nothing to hide.
    assert not asking.is_partial(viewer=PUBLIC, scope=second)
    assert not asking.is_partial(viewer=PUBLIC, scope=UNKNOWN)
    assert not asking.is_partial(viewer=FACILITATOR)
    assert asking.is_partial(viewer=PUBLIC)


def test_anything_hidden_makes_it_partial_a_note_or_work_outside_cohorts_too(asking: Hand) -> None:
    assert not asking.is_partial(viewer=MILL)
    note = asking.record(1, noted("question/other", organisation="archive", visibility="private"))
    assert asking.is_partial(viewer=MILL)
    assert asking.is_partial(viewer=MILL, scope=HERITAGE)
    asking.record(2, voided(note))
    assert not asking.is_partial(viewer=MILL)
    asking.record(3, framed("outside", "library"))
    assert asking.is_partial(viewer=MILL)
    assert not asking.is_partial(viewer=MILL, scope=HERITAGE)
    # An analyst sees what is shown to a cohort, there or outside.
    assert not asking.is_partial(viewer=ANALYST)


def test_a_shared_question_that_is_hidden_makes_it_partial(hand: Hand) -> None:
    hand.record(1, formed("open", visibility="public"))
    open_ = Scope(cohorts=frozenset({"open"}))
    assert not hand.is_partial(viewer=PUBLIC, scope=open_)
    hand.record(2, shown("question/open-question", "cohort"))
    assert hand.is_partial(viewer=PUBLIC, scope=open_)


def test_shared_questions_are_among_the_similar_ones(asking: Hand) -> None:
    found = asking.figure("similarQuestions", text="How can we open all doors?")
    assert found["list"][0]["question"] == "heritage-question"

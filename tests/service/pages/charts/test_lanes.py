from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from service.pages.charts.geometry import text_width
from service.pages.charts.lanes import (
    HEAD,
    ROWS_MAX,
    Drawing,
    Entry,
    Lane,
    Placed,
    Title,
    drawn,
    packed,
)
from service.pages.charts.timescale import Timescale
from tests.service.pages.charts.conftest import Draw, parsed

BEGIN = datetime(2024, 1, 11, tzinfo=UTC)
CLOSE = datetime(2024, 10, 10, tzinfo=UTC)
END = datetime(2025, 10, 23, tzinfo=UTC)
SCALE = Timescale(BEGIN, END, 960, CLOSE)


def month(instant: datetime, with_year: bool) -> str:
    return f"{instant:%b %Y}" if with_year else f"{instant:%b}"


def day(number: int) -> datetime:
    return BEGIN + timedelta(days=number)


def entry(key: str, begin: int, end: int | None = None, **fields: Any) -> Entry:
    return Entry(
        key,
        fields.pop("label", key),
        f"#{key}",
        day(begin),
        None if end is None else day(end),
        **fields,
    )


def overlap(entries: Iterable[Placed]) -> bool:
    rows: dict[float, list[Placed]] = {}
    for placed in entries:
        rows.setdefault(placed.y, []).append(placed)
    return any(
        before.right > after.left
        for row in rows.values()
        for before, after in pairwise(sorted(row, key=lambda placed: placed.left))
    )


ENTRIES = st.lists(
    st.builds(
        lambda begin, duration, title, sign, unended: entry(
            f"{begin}",
            begin,
            None if duration is None else begin + duration,
            title=title,
            sign=sign,
            open=unended and duration is None,
        ),
        st.integers(-30, 700),
        st.none() | st.integers(0, 300),
        st.text(st.sampled_from("ab mW水"), max_size=60),
        st.sampled_from(["", "!"]),
        st.booleans(),
    ),
    max_size=40,
)


@given(ENTRIES)
def test_nothing_in_a_row_covers_another_and_all_is_on_the_drawing(entries: list[Entry]) -> None:
    placed, rows = packed(entries, SCALE)
    assert len(placed) == len(entries)
    assert not overlap(placed)
    for each in placed:
        assert 0 <= each.left <= each.x
        assert each.x + each.width - 0.1 <= each.right <= 960.1
    assert all(0 <= each.y < rows for each in placed)


@given(ENTRIES)
@example([entry("long", 10, 71, title="W" * 13)])
def test_a_title_is_covered_by_its_entry(entries: list[Entry]) -> None:
    for placed in packed(entries, SCALE)[0]:
        assert all(text_width(line) <= placed.width for _, line in placed.further)
        if placed.further:
            assert text_width(placed.letters) <= placed.width
        if placed.title is not None:
            x, width = placed.x + placed.title.x, text_width(placed.title.text)
            x -= width if placed.title.side == "left" else 0
            assert placed.left - 0.2 <= x
            assert x + width <= placed.right + 0.2
        elif placed.entry.title and placed.entry.title in placed.letters:
            assert text_width(placed.letters) <= placed.width


def one(*entries: Entry) -> Placed:
    return packed(entries, SCALE)[0][0]


def test_a_title_that_fits_stands_in_its_bar() -> None:
    placed = one(entry("trial", 0, 100, title="Six yards of wall", sign="✓"))
    assert (placed.letters, placed.title) == ("✓ Six yards of wall", None)


def test_a_title_that_does_not_fit_stands_to_the_right() -> None:
    placed = one(entry("trial", 0, 20, title="Six yards of wall", sign="✓"))
    assert placed.letters == "✓"
    assert placed.title == Title("Six yards of wall", placed.width + 4, "right")


def test_a_title_at_the_end_of_the_scale_stands_to_the_left() -> None:
    assert one(entry("trial", 640, 650, title="Six yards of wall")).title == Title(
        "Six yards of wall", -4, "left"
    )


def test_a_title_that_is_too_long_is_left_to_the_words() -> None:
    assert one(entry("trial", 0, 20, title="wall " * 16)).title is None


def test_an_entry_whose_title_has_no_room_goes_to_another_row() -> None:
    placed, rows = packed([entry("a", 0, 20, title="Six yards of wall"), entry("b", 25, 40)], SCALE)
    assert (rows, [each.y for each in placed]) == (2, [0, 1])


def test_after_some_rows_titles_give_way_to_a_low_drawing() -> None:
    placed, _ = packed(
        [entry(f"{n:02}", n * 8, title="Six yards of wall") for n in range(30)], SCALE
    )
    assert all(each.title is None for each in placed if each.y >= ROWS_MAX)
    assert any(each.title is None for each in placed)


def test_a_bar_without_an_end_reaches_the_end_of_the_scale() -> None:
    placed = one(entry("question", 100, open=True))
    assert placed.x + placed.width == 960


def test_ticks_stay_in_their_bar() -> None:
    placed = one(entry("pairing", 50, 100, ticks=(day(0), day(75), day(400))))
    assert all(0 < tick < placed.width for tick in placed.ticks)
    assert list(placed.ticks) == sorted(placed.ticks)


def journey() -> Drawing:
    return drawn(
        [
            Lane("Failures", [entry("failure", 50, label="Nobody came")]),
            Lane("Learnings", [entry("learning", 60, causes=("failure", "hidden", "failure"))]),
            Lane(
                "How we see people, from the first meeting to the last",
                [entry("question", 70, causes=("learning",))],
            ),
        ],
        SCALE,
        month,
        "The cohort closes",
    )


def test_lanes_stand_below_each_other() -> None:
    drawing = journey()
    tops = [lane.top for lane in drawing.lanes]
    assert tops[0] == HEAD
    assert [lane.top + lane.height for lane in drawing.lanes] == [*tops[1:], drawing.height - HEAD]
    assert all(
        lane.top < each.y < lane.top + lane.height - 22
        for lane in drawing.lanes
        for each in lane.entries
    )


def test_a_long_name_makes_its_lane_higher() -> None:
    *others, last = journey().lanes
    assert len(last.name) > 2
    assert last.height > others[0].height
    assert last.name[-1][0] < last.top + last.height


def test_an_arc_joins_what_is_shown_and_belongs_to_both_ends() -> None:
    entries = [each for lane in journey().lanes for each in lane.entries]
    assert [[index for index, _ in each.arcs_in] for each in entries] == [[], [0], [1]]
    assert [each.arcs_out for each in entries] == [(0,), (1,), ()]


def arc(drawing: Drawing, lane: int, place: int = 0) -> tuple[Placed, str]:
    effect = drawing.lanes[lane].entries[place]
    [(_, path)] = effect.arcs_in
    return effect, path


def test_an_arc_points_to_the_effect() -> None:
    effect, path = arc(journey(), 1)
    assert path.endswith(f"{effect.x + 11:.0f} {effect.y:.0f}m-3-5 3 5 3-5")


def test_an_arc_leads_up_to_what_stands_higher() -> None:
    lanes = [
        Lane("Questions", [entry("q", 70, 200, causes=("l",))]),
        Lane("Learnings", [entry("l", 60)]),
    ]
    effect, path = arc(drawn(lanes, SCALE, month), 0)
    assert path.endswith(f"{effect.x + 11:.0f} {effect.y + 22:.0f}m-3 5 3-5 3 5")


def test_an_arc_in_a_row_goes_over_what_stands_between() -> None:
    lane = Lane("Questions", [entry("a", 10), entry("b", 40), entry("c", 70, causes=("a",))])
    drawing = drawn([lane], SCALE, month)
    cause = drawing.lanes[0].entries[0]
    assert f"C{cause.x + 11:.0f} {cause.y - 28:.0f} " in arc(drawing, 0, 2)[1]


def test_an_arc_from_a_bar_begins_where_its_effect_came() -> None:
    lanes = [
        Lane("Trials", [entry("t", 10, 200)]),
        Lane("Failures", [entry("f", 100, causes=("t",))]),
    ]
    effect, path = arc(drawn(lanes, SCALE, month), 1)
    assert path.startswith(f"M{effect.x + 11:.0f} ")


def test_the_name_of_the_close_stands_where_it_has_room() -> None:
    close = journey().close
    assert close is not None and (close.x, close.anchor) == (720, "start")
    late = drawn([], Timescale(BEGIN, CLOSE, 960, CLOSE), month, "The cohort closes").close
    assert late is not None and (late.x, late.anchor) == (960, "end")
    nowhere = drawn([], SCALE, month, "The cohort closes " * 20).close
    assert nowhere is not None and nowhere.anchor is None


def test_without_a_close_there_is_no_line() -> None:
    assert drawn([], Timescale(BEGIN, END, 960), month).close is None


def test_every_mark_is_a_link_with_its_name(draw: Draw) -> None:
    root = parsed(draw("lanes", journey(), "journey", "The journey"))
    assert [(link.get("href"), link.findtext("title")) for link in root.iter("a")] == [
        ("#failure", "Nobody came"),
        ("#learning", "learning"),
        ("#question", "question"),
    ]


def test_what_is_private_says_so(draw: Draw) -> None:
    drawing = drawn(
        [Lane("Failures", [entry("f", 5, label="Nobody came", private=True)])], SCALE, month
    )
    assert (
        parsed(draw("lanes", drawing, "j", "J")).findtext(".//a/title") == "Nobody came (private)"
    )


def test_a_cause_shows_the_arcs_of_its_effects(draw: Draw) -> None:
    root = parsed(draw("lanes", journey(), "journey", "The journey"))
    assert {use.get("href") for use in root.iter("use")} == {"#journey-0", "#journey-1"}
    assert {"journey-0", "journey-1"} <= {path.get("id") for path in root.iter("path")}


def test_a_journey_of_sixty_marks_stays_small(draw: Draw) -> None:
    words = "How can we share the say over what the walls of the mill show, and with whom?"
    lanes = [
        Lane(
            f"Lane {n}",
            [
                entry(
                    f"label-wall-{n}-{m}",
                    n * 9 + m * 60,
                    n * 9 + m * 60 + 40 if n < 3 else None,
                    label=words,
                    title="Six yards of wall" if m % 2 else "",
                    sign="!",
                    tone="learning",
                    causes=(f"label-wall-{n - 1}-{m}",),
                )
                for m in range(10)
            ],
        )
        for n in range(6)
    ]
    markup = draw(
        "lanes", drawn(lanes, SCALE, month, "The cohort closes"), "journey", "The journey"
    )
    assert markup.count("<a ") == 60
    assert len(markup.encode()) < 25_000

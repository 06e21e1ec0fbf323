from service.pages.charts.geometry import Mark
from service.pages.charts.matrix import RADIUS_MAX, RADIUS_MIN, Count, Heading, of_counts, of_marks
from tests.service.pages.charts.conftest import Draw, parsed

ROWS = {"supported": Heading("supported"), "refuted": Heading("refuted", "#refuted")}
COLUMNS = {"adopt": Heading("adopt"), "stop": Heading("stop")}
COUNTS = {
    ("supported", "adopt"): Count(16, "#those"),
    ("refuted", "stop"): Count(4),
    ("refuted", "adopt"): Count(0),
    ("refuted", "unknown"): Count(99),
}


def test_the_area_of_a_circle_grows_with_its_count() -> None:
    matrix = of_counts(ROWS, COLUMNS, COUNTS)
    assert [[cell.radius for cell in row.cells] for row in matrix.rows] == [
        [RADIUS_MAX, 0],
        [0, RADIUS_MAX / 2],
    ]


def test_a_small_count_still_has_room_for_its_number() -> None:
    counts = {("supported", "adopt"): Count(1000), ("refuted", "stop"): Count(1)}
    assert of_counts(ROWS, COLUMNS, counts).rows[1].cells[1].radius == RADIUS_MIN


def test_sums_are_those_of_what_is_shown() -> None:
    matrix = of_counts(ROWS, COLUMNS, COUNTS, row_totals=True, column_totals=True)
    assert [row.total for row in matrix.rows] == [16, 4]
    assert matrix.column_totals == (16, 4)
    assert matrix.total == 20


def test_sums_that_nobody_asked_for_are_not_drawn(draw: Draw) -> None:
    matrix = of_counts(ROWS, COLUMNS, COUNTS)
    assert matrix.column_totals is None
    assert "All" not in draw("matrix", matrix, "Results")


def test_every_row_of_the_table_is_as_wide_as_its_header(draw: Draw) -> None:
    matrix = of_counts(
        ROWS, COLUMNS, COUNTS, titles=("Result", "Decision"), row_totals=True, column_totals=True
    )
    root = parsed(draw("matrix", matrix, "Results"))
    widths = [sum(int(cell.get("colspan", "1")) for cell in row) for row in root.iter("tr")]
    assert widths == [4] * 5


def test_a_count_leads_to_what_it_counts(draw: Draw) -> None:
    root = parsed(draw("matrix", of_counts(ROWS, COLUMNS, COUNTS), "Results"))
    assert [
        "".join(link.itertext()) for link in root.iter("a") if link.get("href") == "#those"
    ] == ["16"]


def test_each_mark_leads_to_its_thing_and_a_private_one_is_hatched(draw: Draw) -> None:
    marks = {
        ("refuted", "stop"): [
            Mark("Labels vanished", "#f", "triangle", private=True),
            Mark("Nobody came", "#g"),
        ]
    }
    matrix = of_marks(ROWS, COLUMNS, marks, row_totals=True)
    root = parsed(draw("matrix", matrix, "Failures"))
    names = {link.get("href"): link.findtext("svg/title") for link in root.iter("a")}
    assert names == {"#refuted": None, "#f": "Labels vanished (private)", "#g": "Nobody came"}
    assert [len([*link.iter("path")]) for link in root.iter("a")] == [0, 2, 1]
    assert matrix.rows[1].total == 2


def test_each_cell_names_its_column_for_a_phone_and_empty_ones_are_left_out_there(
    draw: Draw,
) -> None:
    rows = {**ROWS, "invalid": Heading("invalid")}
    root = parsed(draw("matrix", of_counts(rows, COLUMNS, COUNTS, row_totals=True), "Results"))
    body = next(iter(root.iter("tbody")))
    assert [row.get("class") for row in body] == [None, None, "matrix-empty"]
    cells = [(cell.get("data-column"), cell.get("class")) for cell in body.iter("td")]
    assert cells[:3] == [("adopt", None), (None, "matrix-empty"), ("All", "matrix-total")]


def test_a_matrix_without_rows_can_be_drawn(draw: Draw) -> None:
    parsed(
        draw("matrix", of_counts({}, COLUMNS, {}, row_totals=True, column_totals=True), "Nothing")
    )

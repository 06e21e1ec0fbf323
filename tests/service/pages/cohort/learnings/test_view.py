from service.pages.cohort.learnings.view import matrix, travelled
from tests.service.pages.cohort.learnings.test_chains import ADOPTIONS, ASK, adoption
from tests.service.pages.cohort.visits import LANGUAGE


def test_each_count_leads_to_the_list_of_what_it_counts() -> None:
    adoptions = [*ADOPTIONS, adoption({**ASK, "key": "other"}, "library", 9)]
    moved = travelled(adoptions)
    found = matrix(moved, LANGUAGE)
    cells = {
        (row.heading.text, column.text): (cell.count, cell.href)
        for row in found.rows
        for column, cell in zip(found.columns, row.cells, strict=True)
        if cell.count
    }
    places = {one.place: one for one in moved}
    assert {pair: count for pair, (count, _) in cells.items()} == {
        ("Mill", "Library"): 2,
        ("Library", "Canal"): 1,
        ("Canal", "Mill"): 1,
    }
    for (whose, to), (count, href) in cells.items():
        listed = places[(href or "").removeprefix("#")]
        assert (listed.whose["name"], listed.to["name"]) == (whose, to)
        assert len(listed.adoptions) == count

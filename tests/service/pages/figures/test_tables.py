"""The tables of figures: their columns have titles, and their cells are words."""

from service.graphql.figure_documents import units
from service.pages.figures import fields
from service.pages.figures.fitting import REPORTED
from service.pages.figures.tables import tables
from service.pages.frame.language import languages

ENGLISH = languages()["en"]


def test_every_number_of_a_figure_has_a_title() -> None:
    titles = fields.titles(ENGLISH)
    assert [field for name in REPORTED for field in units(name) if field not in titles] == []


def test_terms_keys_and_numbers_are_shown_as_people_write_them() -> None:
    figure = {
        "n": 1,
        "items": ["iteration/one"],
        "mean": 2.0,
        "list": [
            {
                "iteration": "one",
                "iterationSubject": {"stream": "iteration/one", "title": "A <b>wall</b>"},
                "facet": "PRACTICE",
                "gap": 2,
                "degrees": [{"forWhom": "CITIZENS", "degree": "OUTRIGHT_FAILURE"}],
            }
        ],
    }
    single, rows = tables("perspectiveGap", figure, ENGLISH)
    assert [[cell.shown for cell in row] for row in single.rows] == [
        ["Number of things", "1"],
        ["Mean gap, steps", "2"],
    ]
    assert [column.title for column in rows.columns] == [
        *("Trial", "What failed", "Gap, steps", "Degrees"),
    ]
    assert [cell.shown for cell in rows.rows[0]] == [
        *("A <b>wall</b>", "Practice", "2", "Citizens: Outright failure"),
    ]
    assert rows.rows[0][0].href == "/iterations/one"


def test_trees_are_told_row_by_row() -> None:
    leaf = {
        "question": "b",
        "questionSubject": {"stream": "question/b", "text": "B?"},
        "framings": ["B?"],
        "counts": [],
        "also": [],
        "alsoSubjects": [],
        "children": [],
    }
    root = {**leaf, "question": "a", "questionSubject": None, "children": [leaf]}
    [table] = tables("questionFamilies", {"trees": [root]}, ENGLISH)
    assert [row[0].shown for row in table.rows] == ["a", "B?"]

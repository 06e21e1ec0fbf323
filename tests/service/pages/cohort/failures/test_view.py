from collections.abc import Mapping
from typing import Any

from service.pages.charts.matrix import Matrix
from service.pages.cohort.failures.view import gaps, matrix
from tests.service.pages.cohort.visits import LANGUAGE


def failure(key: str, facet: str | None, degree: str) -> Mapping[str, Any]:
    return {
        "key": key,
        "actual": key,
        "facet": facet,
        "degree": degree,
        "failureType": None,
        "visibility": "COHORT",
    }


def links(found: Matrix) -> Mapping[str, list[list[str | None]]]:
    return {
        row.heading.text: [[mark.href for mark in cell.marks] for cell in row.cells]
        for row in found.rows
    }


def test_the_matrix_leaves_out_empty_rows_and_columns_and_keeps_the_order_of_terms() -> None:
    found = matrix(
        [
            failure("a", None, "OUTRIGHT_SUCCESS"),
            failure("b", "PROFILE", "OUTRIGHT_FAILURE"),
            failure("c", "PURPOSE", "OUTRIGHT_FAILURE"),
            failure("d", "PROFILE", "OUTRIGHT_FAILURE"),
        ],
        LANGUAGE,
    )
    assert [column.text for column in found.columns] == ["Outright failure", "Outright success"]
    assert links(found) == {
        "Purpose": [["/failures/c"], []],
        "Profile": [["/failures/b", "/failures/d"], []],
        "Not given": [[], ["/failures/a"]],
    }


def gap(trial: Mapping[str, Any] | None, width: int = 2) -> Mapping[str, Any]:
    return {
        "facet": "PROCESS",
        "gap": width,
        "iterationSubject": trial,
        "degrees": [
            {"forWhom": "STAFF", "degree": "OUTRIGHT_FAILURE"},
            {"forWhom": "CITIZENS", "degree": "TOLERABLE_FAILURE"},
        ],
    }


def test_a_gap_has_each_of_those_concerned_on_the_scale() -> None:
    found = gaps([gap({"key": "wall", "title": "A wall"})], LANGUAGE)
    assert found is not None
    [row] = found.rows
    assert (row.heading.href, row.note) == ("/iterations/wall", "Process")
    assert [[mark.label for mark in step.marks] for step in row.steps[:3]] == [
        ["Staff"],
        [],
        ["Citizens"],
    ]


def test_without_gaps_there_is_no_drawing() -> None:
    same = gap({"key": "wall", "title": "A wall"}, 0)
    assert gaps([gap(None), same], LANGUAGE) is None

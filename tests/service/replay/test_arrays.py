"""Arrow arrays of Python values are those that pyarrow makes of them."""

import pyarrow
import pytest

from service.replay.formats.arrays import encoded, integers, texts


@pytest.mark.parametrize(
    "values",
    [
        [],
        [None],
        ["a", None, "b", "a"],
        [None, None, "ä", "", "日本", "ä"],
        ["a", "b", "c", None],
        ["a", "a"],
    ],
)
def test_texts_that_may_be_missing_are_an_array(values: list[str | None]) -> None:
    made = encoded(pyarrow, values, pyarrow.string())
    made.validate(full=True)
    assert made.equals(pyarrow.array(values, pyarrow.string()))


@pytest.mark.parametrize("values", [[], [None], [7, None, 2**40, 7], [None, 0], [1, 2, None]])
def test_numbers_that_may_be_missing_are_an_array(values: list[int | None]) -> None:
    made = encoded(pyarrow, values, pyarrow.int64())
    made.validate(full=True)
    assert made.equals(pyarrow.array(values, pyarrow.int64()))


def test_texts_and_integers_are_arrays_as_they_are() -> None:
    assert texts(pyarrow, ["a", "", "ß"]).to_pylist() == ["a", "", "ß"]
    assert integers(pyarrow, range(3)).to_pylist() == [0, 1, 2]

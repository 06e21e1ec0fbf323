"""Makes Arrow arrays of Python values without `pyarrow.array`, which imports pandas if it is installed.

That import would take a quarter of a second, as long as the export of 15,000 events.
"""

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any


def encoded(arrow: Any, values: Iterable[str | int | None], type_: Any) -> Any:
    """Return texts or integers, of which many may be the same or None, as an array of this type."""
    codes: dict[Any, int] = {}
    indices = [codes.setdefault(value, len(codes)) for value in values]
    nothing = codes.pop(None, None)
    known = list(codes)
    make = texts if type_ == arrow.string() else integers
    if nothing is None:
        return make(arrow, known).take(integers(arrow, indices))
    # The code of None is that of a null, so that codes after it stay as they are.
    parts = [make(arrow, known[:nothing]), arrow.nulls(1, type_), make(arrow, known[nothing:])]
    return arrow.concat_arrays(parts).take(integers(arrow, indices))


def texts(arrow: Any, values: Sequence[str]) -> Any:
    """Return an array of texts."""
    written = [value.encode() for value in values]
    ends = array("i", accumulate(map(len, written), initial=0))
    buffers = [None, arrow.py_buffer(ends), arrow.py_buffer(b"".join(written))]
    return arrow.Array.from_buffers(arrow.string(), len(values), buffers)


def integers(arrow: Any, values: Iterable[int]) -> Any:
    """Return an array of integers of 64 bits."""
    numbers = array("q", values)
    return arrow.Array.from_buffers(arrow.int64(), len(numbers), [None, arrow.py_buffer(numbers)])

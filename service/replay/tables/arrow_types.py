"""The Arrow types of the columns of read models, and of analysts' tables."""

from typing import Any

from sqlalchemy import ARRAY, JSON, BigInteger, Boolean, Date, DateTime, Double, Integer, Text

from service.replay.formats.columns import pyarrow


def arrow_type(kind: Any) -> Any:
    """Return the Arrow type for a type of SQLAlchemy; JSON becomes text. Raises PackageMissing."""
    arrow = pyarrow()
    if isinstance(kind, ARRAY):
        return arrow.list_(arrow_type(kind.item_type))
    for ours, theirs in (
        ((Text, JSON), arrow.string()),
        (BigInteger, arrow.int64()),
        (Integer, arrow.int32()),
        (DateTime, arrow.timestamp("us", tz="UTC")),
        (Date, arrow.date32()),
        (Double, arrow.float64()),
        (Boolean, arrow.bool_()),
    ):
        if isinstance(kind, ours):
            return theirs
    raise TypeError(f"there is no Arrow type for {kind!r}")

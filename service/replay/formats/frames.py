"""Data frames of pandas and polars, made from Arrow tables."""

from collections.abc import Callable
from typing import Any

from service.replay.errors import PackageMissing


def pandas_frame(table: Callable[[], Any]) -> Any:
    """Return the table as a pandas.DataFrame with Arrow types. Raises PackageMissing before the table is made."""
    try:
        import pandas
    except ImportError:
        raise PackageMissing("a pandas data frame", "pandas") from None
    return table().to_pandas(types_mapper=pandas.ArrowDtype)


def polars_frame(table: Callable[[], Any]) -> Any:
    """Return the table as a polars.DataFrame. Raises PackageMissing before the table is made."""
    try:
        import polars
    except ImportError:
        raise PackageMissing("a polars data frame", "polars") from None
    return polars.from_arrow(table())

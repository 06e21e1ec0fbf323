"""The data of an event as it now reads, from what the graph says of the event and of its corrections."""

from collections.abc import Iterable, Mapping
from typing import Any


def present_data(
    data: Mapping[str, Any], corrections: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the data with the values after its corrections, which were asked for with `field`, `before` and `after`.

    To those who may not see the first wording, the graph gives the data as it now reads, and no values of corrections.
    """
    changes = {
        one["field"]: one["after"]
        for one in corrections
        if one["before"] is not None or one["after"] is not None
    }
    return {**data, **changes}

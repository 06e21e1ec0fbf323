"""Whether two JSON values are equal. Repeats and corrections are compared so."""

from typing import Any


def same_json(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal: numbers as doubles, objects regardless of order and nulls."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = {name for name in one if one[name] is not None} | {
            name for name in other if other[name] is not None
        }
        return all(same_json(one.get(name), other.get(name)) for name in names)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return float(one) == float(other)
    return bool(one == other)

"""Strict JSON: a sender's text is kept exactly as it was sent, or refused. Envelopes, lines and requests use it."""

import json
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, Final

import orjson

from events.vocabulary.faults import EventsError, expected

NESTING_MAX: Final = 32
_INTEGER_MIN: Final = -(2**63)
_INTEGER_MAX: Final = 2**64 - 1


class JsonError(EventsError):
    """The text is not JSON."""


class Repeated(dict[str, Any]):
    """An object with a repeated member; `pairs` has all members."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = tuple(pairs)
        counts = Counter(name for name, _ in pairs)
        self.members = [name for name, count in counts.items() if count > 1]


class Spelled(float):
    """A number whose spelling `text` is not the one that its double would be written with."""

    text: str

    def __new__(cls, text: str) -> "Spelled":
        """Return the double that is nearest to a JSON number."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class Infinite(float):
    """A number beyond the range of doubles."""


_LOOKED_INTO: Final = (dict, list, Infinite)
_BETWEEN: Final = " \t\n\r,"


def parse(text: bytes | str) -> Any:
    """Return the JSON value of `text`; a byte order mark before it is skipped.

    Numbers whose spelling must be kept are returned as `Spelled`, objects with a repeated member as `Repeated`, and
    numbers beyond the range of doubles as `Infinite`, so that they can be reported with their place. Raises JsonError
    for text that is not JSON (RFC 8259, which excludes NaN and infinities) or is nested deeper than `NESTING_MAX`.
    """
    try:
        if isinstance(text, bytes):
            text = unmarked(text).decode("utf-8")
        value = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise JsonError("The text is not UTF-8") from None
    except RecursionError:
        raise JsonError(f"The JSON is nested more than {NESTING_MAX} deep") from None
    except json.JSONDecodeError as error:
        # The error's own message is about Python's parser.
        raise JsonError(f"The text is not valid JSON: it breaks at {_place(error)}") from None
    except ValueError as error:
        raise JsonError(f"The text is not valid JSON: {error}") from None
    # Most texts have too few brackets to be nested too deeply.
    if text.count("{") + text.count("[") > NESTING_MAX and _depth_exceeds([value], NESTING_MAX + 1):
        raise JsonError(f"The JSON is nested more than {NESTING_MAX} deep")
    return value


def _place(error: json.JSONDecodeError) -> str:
    line = f"line {error.lineno}, " if "\n" in error.doc else ""
    return f"{line}column {error.colno}"


def unmarked(text: bytes) -> bytes:
    """Return the text without a byte order mark at its start."""
    return text.removeprefix(BOM_UTF8)


def written(value: Any) -> bytes:
    """Return the JSON text (UTF-8) of a value, with numbers as they were spelled."""
    return orjson.dumps(value, default=_as_spelled)


def _as_spelled(value: object) -> orjson.Fragment:
    if isinstance(value, Spelled):
        return orjson.Fragment(value.text)
    raise TypeError(f"not JSON: {type(value).__name__}")


def elements(array: bytes) -> list[str]:
    """Return the text of each of an array's elements, as it was written. `parse` must have read `array` before."""
    text = unmarked(array).decode()
    found: list[str] = []
    at = text.index("[") + 1
    while True:
        while text[at] in _BETWEEN:
            at += 1
        if text[at] == "]":
            return found
        _, end = _DECODER.raw_decode(text, at)
        found.append(text[at:end])
        at = end


def _depth_exceeds(value: Any, most: int) -> bool:
    if most == 0:
        return True
    items = value.values() if isinstance(value, dict) else value
    return any(isinstance(item, dict | list) and _depth_exceeds(item, most - 1) for item in items)


def oddities(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield each place where a parsed value cannot be kept as it was sent: a JSON pointer, and what is wrong there."""
    if isinstance(value, Infinite):
        yield pointer, "The number is beyond the range of a double."
    if isinstance(value, Repeated):
        for name in value.members:
            yield f"{pointer}/{escaped(name)}", "The object has this member more than once."
    if isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, _LOOKED_INTO):
                yield from oddities(item, f"{pointer}/{escaped(name)}")
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, _LOOKED_INTO):
                yield from oddities(item, f"{pointer}/{index}")


def unwritable(value: Any, pointer: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield each place where a value of Python has no JSON text that is kept: a JSON pointer, and what is wrong there.

    What `parse` returns has no such place.
    """
    if isinstance(value, dict | list):
        if depth == NESTING_MAX:
            yield pointer, f"The value is nested more than {NESTING_MAX} deep."
            return
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(value, dict) and not isinstance(name, str):
                yield pointer, expected("an object whose members have texts as names", name)
            elif not isinstance(item, str):
                # Most values are texts; to look into each of them would take four times as long.
                yield from unwritable(item, f"{pointer}/{escaped(str(name))}", depth + 1)
    elif isinstance(value, int) and not _INTEGER_MIN <= value <= _INTEGER_MAX:
        yield pointer, "The integer is beyond 64 bits."
    elif not isinstance(value, str | int | float | None):
        yield pointer, expected("a JSON value", value)


def escaped(name: str) -> str:
    """Return a member's name as in JSON pointers (RFC 6901); lone surrogates, which UTF-8 does not have, as `?`."""
    return name.encode(errors="replace").decode().replace("~", "~0").replace("/", "~1")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else Repeated(pairs)


def _float(text: str) -> float:
    value = float(text)
    # Python writes a number without an exponent in the same way.
    if repr(value) == text and "e" not in text:
        return value
    return Spelled(text) if isfinite(value) else Infinite(value)


def _integer(text: str) -> int | float:
    # An exact integer never has more digits. Python's integers have no negative zero.
    return int(text) if len(text) <= 17 and text != "-0" else _float(text)


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON value")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_constant
)

"""Which known name somebody probably meant: what every "did you mean" says."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

_ALIKE: Final = 0.75  # as difflib counts it
_BEGINNING_CHARACTERS_MIN: Final = 3


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the one of the known names that was probably meant; None if none is like it.

    Capitals do not matter, nor does the order of the names. The result is shown to the person who gave the name: so
    give only names that this person may see.
    """
    return next(iter(close(name, known, 1)), None)


def close(name: str, known: Iterable[str], names_max: int) -> Sequence[str]:
    """Return the names that were probably meant, at most so many, the likeliest first; otherwise as `closest`.

    Those that begin with the name come first, the shortest before the others, then those that differ in few characters.
    """
    by_folded: dict[str, str] = {}
    for one in sorted(known):
        by_folded.setdefault(one.casefold(), one)
    wanted = name.casefold()
    is_beginning = len(wanted) >= _BEGINNING_CHARACTERS_MIN
    begun = [one for one in by_folded if is_beginning and one.startswith(wanted)]
    alike = get_close_matches(wanted, by_folded, names_max, _ALIKE)
    found = dict.fromkeys([*sorted(begun, key=len), *alike])
    return [by_folded[one] for one in [*found][:names_max]]

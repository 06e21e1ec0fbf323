"""Names: which subjects the cells mean that give a key without its kind, or the words that a subject is known by.

`events` reads a file again if it has such cells: first to collect them, then with what the record answers.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from events.vocabulary.stream import is_key
from events.vocabulary.values.likeness import closest
from service.pages.frame.addresses import plural
from service.pages.record.choices import LISTED_MAX, SHOWN
from service.pages.sheets.columns import plain
from service.pages.sheets.values import Unfit

Query = tuple[str, Mapping[str, Any]]
"""A document of GraphQL, and its variables."""
Ask = Callable[[Sequence[Query]], Sequence[Mapping[str, Any]]]
"""Returns the graph's answers to queries, as the sender of the file may see them."""

NAMES_MAX: Final = 100
"""How many names are looked up. Others have to be keys."""
KEYS_MAX: Final = 2_000
"""How many keys without their kind are looked up, as many as events are recorded at once."""
READINGS_MAX: Final = 8
"""How often a file is read. A row without an id has its keys from its content, and so from the keys in it."""
_NAMELESS: Final = ("pairing", "person")
NAMING: Final[Mapping[str, str]] = {
    kind: shown.split()[0] for kind, shown in SHOWN.items() if kind not in _NAMELESS
}
"""The field with the words that a subject of each kind is known by, in the graph and in the event that creates it."""


def nobody(queries: Sequence[Query]) -> Sequence[Mapping[str, Any]]:
    """Answer no query: there is no record to ask."""
    return []


class Formed(NamedTuple):
    """A cohort that the file forms: its key, and when that happened, with whether only the day is known."""

    key: str
    time: tuple[str, bool]


@dataclass
class _Called:
    """Subjects by what they are called: their streams by their keys, and by their words in plain letters."""

    keys: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    words: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    formed: dict[str, Formed] = field(default_factory=dict)

    def add(self, kind: str, key: str, words: str | None) -> None:
        stream = f"{kind}/{key}"
        self.keys[key].add(stream)
        if words is not None and kind in NAMING:
            self.words[plain(words)][stream] = words


class Names:
    """What the subjects of a file and of the record are called. `ask` is called at most twice."""

    def __init__(self, ask: Ask = nobody) -> None:
        self._ask = ask
        self._wanted: dict[str, set[str]] = defaultdict(set)
        self._taken_as_keys: set[str] = set()
        self._needs_cohort = False
        self._unasked: frozenset[str] = frozenset()
        self._readings = 0
        self._file = _Called()
        self._before: _Called | None = None
        """What the file creates, as it was read the last time."""
        self._record = _Called()

    def use(self, ask: Ask) -> None:
        """Ask the record like this."""
        self._ask = ask

    def create(self, kind: str, key: str, words: str | None = None) -> None:
        """Take a subject that the file creates, with the words that it is known by."""
        self._file.add(kind, key, words)

    def form(self, cohort: Formed) -> None:
        """Take a cohort that the file forms."""
        self._file.formed[cohort.key] = cohort

    def formed(self, key: str | None = None) -> Formed | None:
        """Return the cohort with this key, or the only one, if the file forms it."""
        self._needs_cohort = True
        found = self._of_file.formed
        if key is None:
            return next(iter(found.values())) if len(found) == 1 else None
        return found.get(key)

    def look_up(self) -> bool:
        """Ask for what was not known so far; return whether the file has to be read again."""
        is_first, is_same = self._before is None, self._before == self._file
        self._before, self._file = self._file, _Called()
        self._readings += 1
        is_misread = any(plain(text) in self._before.words for text in self._taken_as_keys)
        if not (self._wanted or self._needs_cohort or is_misread):
            return False
        if is_first:
            self._look_up()
        return is_first or (not is_same and self._readings < READINGS_MAX)

    def named(self, kinds: Sequence[str], text: str) -> str:
        """Return how a field that takes these kinds names the subject that is called so.

        A text that looks like the key of the only kind stays as it is, unless the file creates something that is known
        by it. Raises Unfit if there is none, or several.
        """
        is_one = len(kinds) == 1
        if is_one and kinds[0] in _NAMELESS:
            return text
        if is_one and is_key(text) and text == text.lower() and not self._is_of_file(kinds, text):
            self._taken_as_keys.add(text)
            return text
        self._wanted[text] |= {*kinds}
        found = self._found(kinds, text)
        if len(found) == 1:
            return found[0].partition("/")[2] if is_one else found[0]
        if found:
            candidates = ", ".join(sorted(found))
            raise Unfit(f"Several are called {text!r}. Write the one that is meant: {candidates}.")
        if text in self._unasked:
            what = f"{NAMES_MAX} names or {KEYS_MAX:,} keys"
            raise Unfit(f"More than {what} are not looked up at once. Write the kind and the key.")
        what = f"{kinds[0] if is_one else 'subject'} with this key or {_words_of(kinds)}"
        raise Unfit(f"There is no {what} that you may see: {text!r}.{self._meant(kinds, text)}")

    @property
    def _of_file(self) -> _Called:
        return self._file if self._before is None else self._before

    def _is_of_file(self, kinds: Collection[str], text: str) -> bool:
        """Return whether the file creates something that is known by this text, and nothing with this key."""
        of_file = self._of_file
        return not _fit(kinds, of_file.keys.get(text, ())) and bool(
            _fit(kinds, of_file.words.get(plain(text), ()))
        )

    def _found(self, kinds: Collection[str], text: str) -> list[str]:
        """Return the streams of those with this key; else those with these words, of the file before the record."""
        of_file, key = self._of_file, plain(text)
        return (
            _fit(kinds, of_file.keys.get(text, set()) | self._record.keys.get(text, set()))
            or _fit(kinds, of_file.words.get(key, ()))
            or _fit(kinds, self._record.words.get(key, ()))
        )

    def _meant(self, kinds: Collection[str], text: str) -> str:
        """Return the end of a sentence: what the file creates that was probably meant."""
        known = {
            key: found[fit[0]]
            for key, found in self._of_file.words.items()
            if (fit := _fit(kinds, found))
        }
        found = closest(plain(text), known)
        return f" Did you mean {known[found]!r}?" if found else ""

    def _look_up(self) -> None:
        keys = [text for text in self._wanted if is_key(text)]
        self._unasked = frozenset(keys[KEYS_MAX:])
        self._take(list(self._by_key(keys[:KEYS_MAX])))
        words = [
            (kind, text)
            for text, kinds in self._wanted.items()
            if text not in self._unasked and not self._found(kinds, text)
            for kind in sorted(kinds & NAMING.keys())
        ]
        self._take([_query(kind, {"text": text}) for kind, text in words[:NAMES_MAX]])
        self._unasked |= frozenset(text for _, text in words[NAMES_MAX:])

    def _take(self, queries: Sequence[Query]) -> None:
        for answer in self._ask(queries) if queries else ():
            for one in answer["found"]["nodes"]:
                kind, _, key = one["stream"].partition("/")
                self._record.add(kind, key, one.get("words"))

    def _by_key(self, keys: Sequence[str]) -> Iterator[Query]:
        found: dict[str, list[str]] = defaultdict(list)
        for text in keys:
            for kind in self._wanted[text]:
                found[kind].append(text)
        for kind, of_kind in sorted(found.items()):
            for first in range(0, len(of_kind), LISTED_MAX):
                yield _query(kind, {"key": of_kind[first : first + LISTED_MAX]})


def _fit(kinds: Collection[str], streams: Collection[str]) -> list[str]:
    return [one for one in streams if one.partition("/")[0] in kinds]


def _words_of(kinds: Sequence[str]) -> str:
    found = {NAMING[kind] for kind in kinds if kind in NAMING}
    return found.pop() if found in ({"name"}, {"title"}) else "these words"


def _query(kind: str, where: Mapping[str, Any]) -> Query:
    words = f" words: {NAMING[kind]}" if kind in NAMING else ""
    document = (
        f"query Named($where: {kind.capitalize()}Filter) {{ found: {plural(kind)}(first: {LISTED_MAX}, "
        f"where: $where) {{ nodes {{ stream{words} }} }} }}"
    )
    return document, {"where": where}

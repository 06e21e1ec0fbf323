"""Names: which subjects the cells mean that give a key without its kind, or the name of an organisation.

`events` reads a file twice if it has such cells: first to collect them, then with what the record answers.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from events.vocabulary.stream import is_key
from service.pages.frame.addresses import plural
from service.pages.record.choices import LISTED_MAX
from service.pages.sheets.columns import plain
from service.pages.sheets.values import Unfit

Query = tuple[str, Mapping[str, Any]]
"""A document of GraphQL, and its variables."""
Ask = Callable[[Sequence[Query]], Sequence[Mapping[str, Any]]]
"""Returns the graph's answers to queries, as the sender of the file may see them."""

NAMES_MAX: Final = 100
"""How many names of organisations are looked up. Others have to be keys."""
KEYS_MAX: Final = 2_000
"""How many keys without their kind are looked up, as many as events are recorded at once."""
_ORGANISATION: Final = "organisation"


def nobody(queries: Sequence[Query]) -> Sequence[Mapping[str, Any]]:
    """Answer no query: there is no record to ask."""
    return []


class Names:
    """What the subjects of a file and of the record are called. `ask` is called at most twice."""

    def __init__(self, ask: Ask = nobody) -> None:
        self._ask = ask
        self._wanted: dict[str, set[str]] = defaultdict(set)
        self._unasked: frozenset[str] = frozenset()
        self._is_known = False
        self._called: dict[str, dict[str, None]] = defaultdict(dict)
        """Streams by what their subjects may be called: by their keys, and organisations by their names, too."""

    def use(self, ask: Ask) -> None:
        """Ask the record like this."""
        self._ask = ask

    def create(self, kind: str, key: str, name: str | None = None) -> None:
        """Take a subject that the file creates, or that the record has."""
        for called in (key,) if name is None else (key, plain(name)):
            self._called[called][f"{kind}/{key}"] = None

    def look_up(self) -> bool:
        """Ask for what was not known so far; return whether the file has to be read again."""
        if self._is_known or not self._wanted:
            return False
        self._is_known = True
        keys = [text for text in self._wanted if is_key(text)]
        self._unasked = frozenset(keys[KEYS_MAX:])
        self._take(list(self._by_key(keys[:KEYS_MAX])))
        names = [
            text
            for text, kinds in self._wanted.items()
            if _ORGANISATION in kinds and text not in self._unasked and not self._found(kinds, text)
        ]
        self._take([_query(_ORGANISATION, {"text": name}) for name in names[:NAMES_MAX]])
        self._unasked |= frozenset(names[NAMES_MAX:])
        return True

    def named(self, kinds: Sequence[str], text: str) -> str:
        """Return how a field that takes these kinds names the subject that is called so.

        A text that looks like the key of the only kind stays as it is. Raises Unfit if there is none, or several.
        """
        is_one = len(kinds) == 1
        if is_one and (kinds[0] != _ORGANISATION or (is_key(text) and text == text.lower())):
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
        what = f"{_ORGANISATION} with this key or name" if is_one else "subject with this key"
        raise Unfit(f"There is no {what} that you may see: {text!r}.")

    def _found(self, kinds: Collection[str], text: str) -> list[str]:
        """Return the streams of those with this key; if there is none, of the organisations with this name."""
        for called in (text, plain(text)):
            found = [one for one in self._called.get(called, ()) if one.partition("/")[0] in kinds]
            if found:
                return found
        return []

    def _take(self, queries: Sequence[Query]) -> None:
        for answer in self._ask(queries) if queries else ():
            for one in answer["found"]["nodes"]:
                kind, _, key = one["stream"].partition("/")
                self.create(kind, key, one.get("name"))

    def _by_key(self, keys: Sequence[str]) -> Iterator[Query]:
        found: dict[str, list[str]] = defaultdict(list)
        for text in keys:
            for kind in self._wanted[text]:
                found[kind].append(text)
        for kind, of_kind in sorted(found.items()):
            for first in range(0, len(of_kind), LISTED_MAX):
                yield _query(kind, {"key": of_kind[first : first + LISTED_MAX]})


def _query(kind: str, where: Mapping[str, Any]) -> Query:
    name = " name" if kind == _ORGANISATION else ""
    document = (
        f"query Named($where: {kind.capitalize()}Filter) {{ found: {plural(kind)}(first: {LISTED_MAX}, "
        f"where: $where) {{ nodes {{ stream{name} }} }} }}"
    )
    return document, {"where": where}

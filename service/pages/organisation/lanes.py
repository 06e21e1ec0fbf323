"""The lanes of a journey, with what happened as their entries. Each leads to its words in the page."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from service.pages.charts.geometry import Tone
from service.pages.charts.lanes import Entry, Lane
from service.pages.frame import terms
from service.pages.frame.addresses import of_kind
from service.pages.frame.language import Language
from service.pages.organisation.story import LEFT_OUT, Node, anchor

SIGNS: Final[Mapping[str, tuple[str, Tone]]] = {
    "SUPPORTED": ("✓", "good"),
    "REFUTED": ("✗", "bad"),
    "INCONCLUSIVE": ("?", "unsure"),
    "DID_NOT_FINISH": ("…", "unsure"),
    "INVALID": ("∅", "unsure"),
}
"""How results are drawn."""

_NAME_MAX: Final = 60
"""The longest title by which a mark is named in brief."""

_SUCCESSES: Final = frozenset({"CONFLICTED_SUCCESS", "RESILIENT_SUCCESS", "OUTRIGHT_SUCCESS"})
_LOOPS: Final = {"SINGLE": "1", "DOUBLE": "2", "TRIPLE": "3"}
SIGNS_OF_COMMITMENTS: Final = {"KEPT": "✓", "CHANGED": "~", "DROPPED": "✗"}
"""How it is drawn what became of commitments."""


def moment(text: str) -> datetime:
    """Return a time or a day, as the graph writes it, as an instant."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


class Lanes:
    """Makes the lanes of a journey."""

    def __init__(
        self, journey: Mapping[str, Any], own: str, language: Language, is_brief: bool
    ) -> None:
        self._lists: dict[str, Sequence[Node]] = {
            name: value["nodes"] for name, value in journey.items() if isinstance(value, Mapping)
        }
        self._own = own
        self._language = language
        self.gettext = language.gettext
        self._is_brief = is_brief

    def all(self) -> Iterator[Lane]:
        """Yield the lanes from top to bottom, with how many things are in each: a question has a bar for each wording.

        The number stays in view on a phone, where all of a lane's marks may be outside of it.
        """
        for name, entries in (
            (self.gettext("How they see people"), self._mindsets()),
            (self.gettext("Questions"), self._questions()),
            (self.gettext("Trials"), self._trials()),
            (self.gettext("Failures"), self._failures()),
            (self.gettext("Learnings"), self._learnings()),
            (self.gettext("Taken up by others"), self._given()),
            (self.gettext("Taken up from others"), self._taken()),
            (self.gettext("Pairings"), self._pairings()),
            (self.gettext("Sessions"), self._sessions()),
            (self.gettext("Help"), self._helps()),
            (self.gettext("Commitments"), self._commitments()),
            (self.gettext("What came of it"), self._results()),
        ):
            found = list(entries)
            count = len(found) - sum(entry.sign == "↻" for entry in found)
            yield Lane(f"{name} ({count})", found)

    def _term(self, list_: str, name: str) -> str:
        return self.gettext(terms.title(list_, name))

    def _mark(
        self,
        key: str,
        what: str,
        node: Node,
        text: str | None,
        title: str = "",
        href: str | None = None,
        **more: Any,
    ) -> Entry:
        label = f"{what}, {self._language.day(node['time'])}"
        if self._is_brief:
            label = title if 0 < len(title) <= _NAME_MAX else label
        elif text:
            label = f"{label}: {text}"
        private = node.get("visibility") == "PRIVATE"
        begin = moment(node["time"])
        return Entry(key, label, href or f"#{key}", begin, title=title, private=private, **more)

    def _entry(self, what: str, node: Node, text: str | None = None, **more: Any) -> Entry:
        return self._mark(f"e{node['position']}", what, node, text, **more)

    def _subject(self, kind: str, what: str, node: Node, text: str, **more: Any) -> Entry:
        if self._is_brief and f"{kind}s" in LEFT_OUT:
            more["href"] = of_kind(kind, node["key"])
        return self._mark(anchor(f"{kind}/{node['key']}"), what, node, text, **more)

    def _mindsets(self) -> Iterator[Entry]:
        for one in self._lists["mindsets"]:
            seen = self._term("Framing", one["framing"])
            yield self._entry(seen, one, title=seen)

    def _questions(self) -> Iterator[Entry]:
        for question in self._lists["questions"]:
            wordings = question["framings"]["nodes"]
            stream = f"question/{question['key']}"
            ends = [*(one["time"] for one in wordings[1:]), question["closedAt"]]
            for one, end in zip(wordings, ends[: len(wordings)], strict=True):
                is_rewording = one["position"] != question["position"]
                is_only = len(wordings) == 1
                yield self._entry(
                    self.gettext("Question reworded") if is_rewording else self.gettext("Question"),
                    one,
                    one["text"],
                    end=end and max(moment(end), moment(one["time"])),
                    open=end is None,
                    title=one["text"],
                    lang=one["language"] or "",
                    href=f"#{anchor(stream)}" if is_only else None,
                    sign="↻" if is_rewording else "",
                    tone="question",
                    causes=tuple(anchor(cause["stream"]) for cause in one["becauseOf"]),
                )

    def _trials(self) -> Iterator[Entry]:
        taken: dict[str, list[str]] = {}
        for one in self._lists["adoptions"]:
            if one["iteration"]:
                taken.setdefault(one["iteration"]["key"], []).append(f"e{one['position']}")
        for one in self._lists["iterations"]:
            begin = one["startedAt"] or one["startsOn"] or one["time"]
            end = one["concludedAt"] or (one["endsOn"] if one["state"] == "PLANNED" else None)
            sign, tone = SIGNS.get(one["result"], ("", "plain"))
            yield self._subject(
                "iteration",
                self.gettext("Trial"),
                {**one, "time": begin},
                f"{one['title']}: {self._came(one)}",
                end=end and max(moment(end), moment(begin)),
                title=one["title"],
                sign=sign,
                tone=tone,
                open=one["state"] == "STARTED",
                causes=(
                    *taken.get(one["key"], ()),
                    *(anchor(cause["stream"]) for cause in one["inspiredBy"]),
                ),
            )

    def _came(self, trial: Node) -> str:
        if trial["result"] is None:
            return self._term("IterationState", trial["state"])
        result = self._term("Result", trial["result"])
        return f"{result}, {self._term('Decision', trial['decision'])}"

    def _failures(self) -> Iterator[Entry]:
        for one in self._lists["failures"]:
            is_success = one["degree"] in _SUCCESSES
            yield self._subject(
                "failure",
                self._term("Degree", one["degree"]),
                one,
                one["actual"],
                sign="±" if is_success else "!",
                tone="unsure" if is_success else "bad",
            )

    def _learnings(self) -> Iterator[Entry]:
        for one in self._lists["learnings"]:
            yield self._subject(
                "learning",
                self.gettext("Learning"),
                one,
                self._in_words_of(one, one["time"]),
                sign=_LOOPS[one["loop"]],
                tone="learning",
                causes=tuple(
                    anchor(source["stream"])
                    for source in one["sources"]
                    if not source["stream"].startswith("iteration/")
                ),
            )

    def _in_words_of(self, learning: Node, since: str) -> str:
        """Return the statement of a learning, with the day from which its words are if that is later."""
        statement: str = learning["statement"]
        times = [one["time"] for one in learning["revisions"]["nodes"] if one["time"] > since]
        if not times:
            return statement
        revised = self.gettext("revised on %(day)s") % {"day": self._language.day(times[-1])}
        return f"{statement} ({revised})"

    def _given(self) -> Iterator[Entry]:
        for learning in self._lists["learnings"]:
            for one in learning["adoptions"]["nodes"]:
                yield self._entry(
                    self.gettext("Taken up by %(name)s") % {"name": self._name(one)},
                    one,
                    title=self._name(one),
                    sign="→",
                    tone="peer",
                    causes=(anchor(f"learning/{learning['key']}"),),
                )

    def _taken(self) -> Iterator[Entry]:
        for one in self._lists["adoptions"]:
            learning = one["learning"] or {}
            yield self._entry(
                self.gettext("Taken up from %(name)s") % {"name": self._name(learning)},
                one,
                self._in_words_of(learning, one["time"]) if learning else None,
                title=self._name(learning),
                sign="←",
                tone="peer",
            )

    def _pairings(self) -> Iterator[Entry]:
        for one in self._lists["pairings"]:
            names = ", ".join(
                other["name"] for other in one["organisations"] if other["key"] != self._own
            )
            closed = one["cohort"] and one["cohort"]["closedAt"]
            end = one["endedAt"] or closed
            yield self._subject(
                "pairing",
                self.gettext("Paired with %(name)s") % {"name": names},
                one,
                "",
                end=end and max(moment(end), moment(one["time"])),
                open=end is None,
                title=names,
                ticks=tuple(moment(met["time"]) for met in one["meetings"]["nodes"]),
            )

    def _sessions(self) -> Iterator[Entry]:
        for one in self._lists["sessions"]:
            kind = self._term("SessionKind", one["sessionKind"])
            yield self._subject("session", kind, one, one["title"], title=kind)

    def _helps(self) -> Iterator[Entry]:
        for one in self._lists["asks"]:
            asked = self.gettext("Asked for help")
            yield self._subject("ask", asked, one, one["text"], title=self.gettext("asked"))
        for one in self._lists["helps"]:
            gave = self.gettext("Gave help to %(name)s") % {"name": self._name(one["ask"] or {})}
            to = of_kind("ask", one["ask"]["key"]) if self._is_brief and one["ask"] else None
            yield self._entry(gave, one, title=self.gettext("gave"), href=to)

    def _commitments(self) -> Iterator[Entry]:
        for one in self._lists["commitments"]:
            end = one["settledAt"] or one["dueOn"]
            yield self._subject(
                "commitment",
                self.gettext("Commitment"),
                one,
                one["text"],
                end=end and max(moment(end), moment(one["time"])),
                open=end is None,
                sign=SIGNS_OF_COMMITMENTS.get(one["commitmentOutcome"], ""),
                title=one["text"],
            )

    def _results(self) -> Iterator[Entry]:
        for one in self._lists["outcomes"]:
            happened = {**one, "time": one["happenedOn"]}
            what = self.gettext("Outcome")
            yield self._subject("outcome", what, happened, one["description"], title=what)
        for one in self._lists["publications"]:
            what = self.gettext("Publication")
            yield self._subject("publication", what, one, one["title"], title=what)
        for one in self._lists["checkins"]:
            after = self._language.ngettext(
                "%(count)s month after", "%(count)s months after", one["monthsAfter"]
            ) % {"count": one["monthsAfter"]}
            status = self._term("CheckinStatus", one["status"])
            yield self._entry(f"{after}: {status}", one, title=f"{after}: {status}")

    def _name(self, node: Node) -> str:
        organisation = node.get("organisation")
        return organisation["name"] if organisation else self.gettext("another organisation")

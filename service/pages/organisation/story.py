"""The story of an organisation: what happened to each of its questions, in the order of time, and what is beside."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from service.pages.frame import terms

Node = Mapping[str, Any]
"""A thing or an entry, as the graph answers with it."""

BRIEF_ABOVE: Final = 100
"""The number of entries above which a story is brief."""

LEFT_OUT: Final = ("sessions", "asks", "helps", "inspirations", "uses", "reviews", "commitments")
"""The lists that are left out of a brief story."""

WITHIN: Final = ("adoptions", "uses", "reviews", "commitments")
"""The lists whose entries stand with their trial, if they have one."""


_FROM_BEFORE: Final = dict.fromkeys(("time", "state", "visibility", "parent", "framings"))
"""What is not known of a question whose words are not in the part that is shown."""

StepKind = Literal["wording", "close", "iteration", "failure", "learning"]

_KINDS: Final[tuple[StepKind, ...]] = ("iteration", "failure", "learning")


def anchor(stream: str) -> str:
    """Return the id of a subject's words in the page."""
    return stream.replace("/", "-", 1)


@dataclass(frozen=True)
class Step:
    """Something that happened: a wording of a question or its close, a trial, a failure or a learning.

    `within` has what stands with a trial, by the names of the lists.
    """

    kind: StepKind
    time: str
    node: Node
    within: Mapping[str, Sequence[Node]] = field(default_factory=dict)
    is_rewording: bool = False

    @property
    def people(self) -> Sequence[tuple[str, int]]:
        """Of a trial: how many people took part at each level, in the order of the vocabulary."""
        counts = Counter[str]()
        for part in self.node["participations"]["nodes"]:
            counts[part["level"]] += part["people"]
        return [(name, counts[name]) for name in terms.words("ParticipationLevel") if counts[name]]


@dataclass(frozen=True)
class Chapter:
    """A question with what happened to it. Of a question from before the part that is shown, only the text is known.

    None stands for what has no question.
    """

    question: Node | None
    steps: Sequence[Step]


@dataclass(frozen=True)
class Story:
    """The chapters, the first question first, and the entries of each list that stand outside of them."""

    chapters: Sequence[Chapter]
    outside: Mapping[str, Sequence[Node]]
    here: frozenset[str]
    """The streams of the subjects whose words are in the page."""
    names: Mapping[str, str]
    """What subjects are called, by stream, as far as the answer says it."""
    is_brief: bool
    """Whether there is so much that what stands on the pages of the things themselves is left out."""
    is_past: bool
    """Whether it has the words of a past state, and not those of today."""


def story_of(journey: Mapping[str, Any], is_full: bool = False, *, is_past: bool = False) -> Story:
    """Return the story of a journey. It is brief if the journey is long, unless the full story is asked for."""
    lists = {name: value["nodes"] for name, value in journey.items() if isinstance(value, Mapping)}
    questions: dict[str, Node] = {one["key"]: one for one in lists["questions"]}
    for one in (*lists["iterations"], *lists["failures"]):
        if one["question"] is not None:
            questions.setdefault(one["question"]["key"], {**_FROM_BEFORE, **one["question"]})
    place = _places(lists)
    is_brief = not is_full and sum(map(len, lists.values())) > BRIEF_ABOVE
    kept = {name: [] if is_brief and name in LEFT_OUT else lists[name] for name in lists}
    within, outside = _within(kept)
    steps: dict[str | None, list[Step]] = {key: [] for key in (*questions, None)}
    for one in lists["questions"]:
        steps[one["key"]] += _wordings(one)
    for kind in _KINDS:
        for one in lists[f"{kind}s"]:
            with_it = within.get(one["key"], {}) if kind == "iteration" else {}
            begin = one.get("startedAt") or one["time"]
            steps[place[f"{kind}/{one['key']}"]].append(Step(kind, begin, one, with_it))
    chapters = [
        Chapter(questions.get(key) if key else None, sorted(found, key=lambda step: step.time))
        for key, found in steps.items()
        if key is not None or found
    ]
    return Story(
        sorted(chapters, key=_begin),
        {**kept, **outside},
        frozenset(place) | {f"question/{key}" for key in questions} | _others(kept),
        _names(lists, questions),
        is_brief,
        is_past,
    )


def _within(
    lists: Mapping[str, Sequence[Node]],
) -> tuple[dict[str, dict[str, list[Node]]], dict[str, list[Node]]]:
    """Return what stands with each trial, by its key, and what stands with none, both by the names of the lists."""
    within: dict[str, dict[str, list[Node]]] = {
        one["key"]: {name: [] for name in WITHIN} for one in lists["iterations"]
    }
    outside: dict[str, list[Node]] = {name: [] for name in WITHIN}
    for name in WITHIN:
        for one in lists[name]:
            trial = within.get(one["iteration"]["key"]) if one["iteration"] else None
            (outside if trial is None else trial)[name].append(one)
    return within, outside


def _wordings(question: Node) -> list[Step]:
    wordings = question["framings"]["nodes"]
    found = [
        Step("wording", one["time"], one, is_rewording=one["position"] != question["position"])
        for one in wordings
        # The only wording is the chapter's heading.
        if len(wordings) > 1
    ]
    if question["closedAt"] is not None:
        found.append(Step("close", question["closedAt"], question))
    return found


def _places(lists: Mapping[str, Sequence[Node]]) -> dict[str, str | None]:
    """Return the question's key of each trial, failure and learning, by stream.

    A learning is where the first of its sources is that has a question.
    """
    found: dict[str, str | None] = {}
    for one in lists["iterations"]:
        found[f"iteration/{one['key']}"] = one["question"] and one["question"]["key"]
    for one in lists["failures"]:
        question = one["question"] and one["question"]["key"]
        trial = one["iteration"] and found.get(f"iteration/{one['iteration']['key']}")
        found[f"failure/{one['key']}"] = question or trial
    questions = {f"question/{one['key']}": one["key"] for one in lists["questions"]}
    for one in lists["learnings"]:
        sources = [source["stream"] for source in one["sources"]]
        known = (questions.get(stream) or found.get(stream) for stream in sources)
        found[f"learning/{one['key']}"] = next((key for key in known if key), None)
    return found


def _begin(chapter: Chapter) -> tuple[int, str]:
    """Return by what chapters are ordered: what has no question comes last, questions from before first."""
    if chapter.question is None:
        return 2, ""
    return 1, chapter.question["time"] or ""


def _others(lists: Mapping[str, Sequence[Node]]) -> set[str]:
    kinds = ("pairing", "session", "commitment", "inspiration", "ask", "outcome", "publication")
    return {f"{kind}/{one['key']}" for kind in kinds for one in lists[f"{kind}s"]}


def _names(lists: Mapping[str, Sequence[Node]], questions: Mapping[str, Node]) -> dict[str, str]:
    found = {f"question/{key}": one["text"] for key, one in questions.items()}
    found |= {f"iteration/{one['key']}": one["title"] for one in lists["iterations"]}
    wordings = (one for question in lists["questions"] for one in question["framings"]["nodes"])
    named = [
        *(answer for question in lists["questions"] for answer in question["answers"]),
        *(cause for one in wordings for cause in one["becauseOf"]),
        *(other for one in lists["iterations"] for other in one["inspiredBy"]),
        *(source for one in lists["learnings"] for source in one["sources"]),
    ]
    for one in named:
        name = one.get("statement") or one.get("actual") or one.get("title")
        if name is not None:
            found[one["stream"]] = name
    return found

"""The story of each organisation in a cohort, question by question, in the order in which it happened."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Thing = Mapping[str, Any]
IsUntil = Callable[[str | None], bool]
"""Returns whether a moment is in the time that the report covers; false for None."""


@dataclass(frozen=True)
class Trial:
    """A trial with its failures, and with what was learned from it or from them.

    `is_concluded` says whether it was by the end of the time that the report covers.
    """

    iteration: Thing
    is_concluded: bool
    failures: Sequence[Thing]
    learnings: Sequence[Thing]


@dataclass(frozen=True)
class Chapter:
    """A question with its wordings and trials; without a question, trials on the shared one or on none.

    `failures` and `learnings` belong to the question and to none of its trials. `is_closed` is as `is_concluded`.
    """

    question: Thing | None
    wordings: Sequence[Thing]
    is_closed: bool
    trials: Sequence[Trial]
    failures: Sequence[Thing]
    learnings: Sequence[Thing]

    @property
    def is_empty(self) -> bool:
        """Whether it is empty of records."""
        return self.question is None and not (self.trials or self.failures or self.learnings)


@dataclass(frozen=True)
class Story:
    """What an organisation did in the cohort. `left_out` is the number of things that found no room in the report."""

    organisation: Thing
    stays: Sequence[Thing]
    mindsets: Sequence[Thing]
    chapters: Sequence[Chapter]
    adoptions: Sequence[Thing]
    outcomes: Sequence[Thing]
    checkins: Sequence[Thing]
    left_out: int


def story(membership: Thing, is_until: IsUntil) -> Story:
    """Return the story of a member up to the end of the time that the report covers."""
    organisation = membership["organisation"]

    def until(name: str) -> list[Thing]:
        return in_time(organisation[name]["nodes"], is_until)

    chapters = _chapters(
        until("questions"), until("iterations"), until("failures"), until("learnings"), is_until
    )
    return Story(
        organisation,
        [stay for stay in membership["stays"] if is_until(stay["joinedAt"])],
        until("mindsets"),
        chapters,
        until("adoptions"),
        until("outcomes"),
        until("checkins"),
        sum(
            max(part["filteredCount"] - len(part["nodes"]), 0)
            for part in organisation.values()
            if isinstance(part, dict) and "filteredCount" in part
        ),
    )


def in_time(things: Iterable[Thing], is_until: IsUntil) -> list[Thing]:
    """Return the things up to the end of the time that the report covers, the earliest first."""
    return sorted(
        (one for one in things if is_until(one["time"])), key=lambda one: str(one["time"])
    )


def _chapters(
    questions: Sequence[Thing],
    iterations: Sequence[Thing],
    failures: Sequence[Thing],
    learnings: Sequence[Thing],
    is_until: IsUntil,
) -> list[Chapter]:
    placed: set[str] = set()

    def trial(iteration: Thing) -> Trial:
        failed = [one for one in failures if _key(one["iteration"]) == iteration["key"]]
        streams = {f"iteration/{iteration['key']}", *(f"failure/{one['key']}" for one in failed)}
        return Trial(
            iteration, is_until(iteration["concludedAt"]), failed, _from(learnings, streams, placed)
        )

    known = {question["key"] for question in questions}
    chapters = []
    for question in (*questions, None):
        key = question["key"] if question else None
        trials = [trial(one) for one in iterations if _of(one, known) == key]
        rest = [one for one in failures if one["iteration"] is None and _of(one, known) == key]
        streams = {f"failure/{one['key']}" for one in rest}
        if question is not None:
            streams.add(f"question/{key}")
        from_rest = _from(learnings, streams, placed)
        if question is None:
            from_rest += [one for one in learnings if one["key"] not in placed]
        wordings = in_time(question["framings"]["nodes"], is_until) if question else []
        is_closed = question is not None and is_until(question["closedAt"])
        chapters.append(Chapter(question, wordings, is_closed, trials, rest, from_rest))
    return [chapter for chapter in chapters if not chapter.is_empty]


def _from(learnings: Sequence[Thing], streams: set[str], placed: set[str]) -> list[Thing]:
    """Return the learnings from these things that were not placed yet: each has one place."""
    found = [
        one
        for one in learnings
        if one["key"] not in placed and not streams.isdisjoint(s["stream"] for s in one["sources"])
    ]
    placed |= {one["key"] for one in found}
    return found


def _key(thing: Thing | None) -> str | None:
    return None if thing is None else thing["key"]


def _of(thing: Thing, known: set[str]) -> str | None:
    """Return the key of the thing's question if it is one of these."""
    key = _key(thing["question"])
    return key if key in known else None

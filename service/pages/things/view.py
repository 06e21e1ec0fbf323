"""What the page of a thing shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from projections.models.titles import TITLES
from service.pages.frame.names import subject_name
from service.pages.frame.page import Answer, Visit
from service.pages.record.amending.offered import Offered, offered
from service.pages.record.next_steps.steps import NextStep, next_steps
from service.pages.things.during import During, during
from service.pages.things.history import HistoryFields, first_wording, named_by, steps
from service.pages.things.repeats import Repeat, repeats_of
from service.pages.things.step import Step

HEADING_CHARACTERS_MAX: Final = 300
"""The longest name of a thing that is its page's heading. A longer one is a text below."""
LARGE_CHARACTERS_MAX: Final = 100
"""The longest heading in large letters."""


@dataclass(frozen=True)
class ThingPage:
    """A thing, what it is called, and what happened to it.

    `first` is the data with which it was recorded. `reworded`, `inspired` and `cited` are the questions, trials and
    publications that name it in a list. `repeats` are those of failures in which it has a part. `during` is what was
    recorded while a session ran, None for all else. `offered` is what the visitor may amend. `answer` has what else the
    query asked for. `is_cut` says that more was recorded than was read: what came later may be missing in the history
    and among what refers to the thing. `next` is what the visitor may record about it.
    """

    thing: Mapping[str, Any]
    name: str
    language: str | None
    history: Sequence[Step]
    first: Mapping[str, Any]
    reworded: Sequence[Mapping[str, Any]]
    inspired: Sequence[Mapping[str, Any]]
    cited: Sequence[Mapping[str, Any]]
    repeats: Sequence[Repeat]
    during: During | None
    offered: Offered
    answer: Answer
    is_cut: bool
    next: Sequence[NextStep]

    @property
    def correct_words(self) -> str | None:
        """The address at which mistakes are corrected: a form, or the history if several events have fields for that.

        None for visitors who may correct nothing.
        """
        forms = {step.position: step.amending.correct for step in self.history}
        addresses = [address for address in forms.values() if address is not None]
        return addresses[0] if len(addresses) == 1 else "#history" if addresses else None

    @property
    def ancestors(self) -> Sequence[Mapping[str, Any]]:
        """The question from which a question was derived, that of which this one was derived, and so on: last first."""
        found, one = [], self.thing["parent"]
        while one is not None:
            found.append(one)
            one = one.get("parent")
        return found[::-1]

    @property
    def changed_words(self) -> str | None:
        """When the words that name the thing were changed last, None if they are those of its beginning."""
        thing = self.thing
        field = TITLES.get(thing["__typename"].lower())
        lists = (thing[name]["nodes"] for name in ("framings", "revisions") if name in thing)
        times = [
            *(row["time"] for rows in lists for row in rows if _is_later(row, thing, field)),
            *(one["time"] for one in thing["corrections"] if one["field"] == field),
        ]
        return max(times, default=None)

    @property
    def is_short(self) -> bool:
        """Whether the name can be a heading."""
        return len(self.name) <= HEADING_CHARACTERS_MAX and "\n" not in self.name

    @property
    def is_large(self) -> bool:
        """Whether the heading is in large letters."""
        return len(self.name) <= LARGE_CHARACTERS_MAX


def variables_of(kind: str) -> Callable[[Visit], Mapping[str, Any]]:
    """Return the variables of the query for the page of a kind."""

    def variables(visit: Visit) -> Mapping[str, Any]:
        return {"key": visit.key, "stream": f"{kind}/{visit.key}"}

    return variables


def view_of(fields: HistoryFields) -> Callable[[Answer, Visit], ThingPage | None]:
    """Return the view of the page of a kind: None if there is no such thing for the visitor."""

    def view(answer: Answer, visit: Visit) -> ThingPage | None:
        thing = answer["thing"]
        if thing is None:
            return None
        events = answer["events"]["nodes"]
        named = named_by(thing["stream"], events)
        may = offered(answer, visit)
        return ThingPage(
            thing,
            subject_name(thing),
            _language(thing),
            steps(thing, events, fields, may),
            first_wording(thing, events),
            named["reworded"],
            named["inspired"],
            list({one["stream"]: one for one in (*named["cited"], *_cited_in(thing))}.values()),
            repeats_of(thing, answer),
            during(thing, answer),
            may,
            answer,
            answer["events"]["pageInfo"]["hasNextPage"] or _is_cut(thing, fields),
            next_steps(thing, answer, visit),
        )

    return view


def _is_later(row: Mapping[str, Any], thing: Mapping[str, Any], field: str | None) -> bool:
    """Return whether a row of a thing's history gave it another name."""
    return field in row and row["position"] != thing["position"]


def _is_cut(thing: Mapping[str, Any], fields: HistoryFields) -> bool:
    """Return whether a list of the history, or that of the notes, has more than was read."""
    lists = (thing[name] for name in (*fields.lists, "notes"))
    return any(one["totalCount"] > len(one["nodes"]) for one in lists)


def _language(thing: Mapping[str, Any]) -> str | None:
    """Return the language of a thing's name, None if nobody gave it. A question's is its cohort's if it has none."""
    language: str | None = thing.get("language")
    cohort = thing["cohort"]
    if language is None and thing["__typename"] == "Question" and cohort is not None:
        language = cohort["language"]
    return language


def _cited_in(thing: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the publications of a thing's cohort that cite it, as far as they were asked for."""
    found = ((thing["cohort"] or {}).get("publications") or {"nodes": ()})["nodes"]
    return [
        one
        for one in found
        if any(
            (cited["subject"] or {}).get("stream") == thing["stream"] for cited in one["citations"]
        )
    ]

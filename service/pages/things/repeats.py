"""Failures that repeated one from which another organisation had learned, on the pages of both and of the learning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.pages.frame.page import Answer, Visit

KINDS: Final = ("failure", "learning")
"""The kinds of things whose pages show repeats."""
_PARTS: Final = {"failure": "failure", "earlier": "failure", "learning": "learning"}
"""The kinds of what a row of the figure names."""

Thing = Mapping[str, Any]
"""A subject of the graph."""


@dataclass(frozen=True)
class Repeat:
    """A failure, the earlier one that it repeated, and what had been learned from that.

    `part` says which of them the page is about: "failure", "earlier" or "learning".
    """

    part: str
    failure: Thing
    earlier: Thing
    learning: Thing


def variables(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the second query, None if there is no thing, or if it belongs to no cohort."""
    thing = answer["thing"]
    if thing is None or thing["cohort"] is None:
        return None
    return {"filter": {"cohorts": [thing["cohort"]["key"]]}}


def repeats_of(thing: Thing, answer: Answer) -> Sequence[Repeat]:
    """Return the repeats in its cohort in which a thing has a part, as far as the visitor sees all that they name.

    There are none where the view is partial: the graph does not say then what repeats what.
    """
    figure = answer.get("insights", {}).get("avoidableRepeats")
    kind = thing["__typename"].lower()
    found = []
    for row in figure["list"] if figure else ():
        failure, earlier, learning = (row[f"{part}Subject"] for part in _PARTS)
        if failure is None or earlier is None or learning is None:
            continue
        for part in (one for one in _PARTS if _PARTS[one] == kind):
            if row[part] == thing["key"]:
                found.append(Repeat(part, failure, earlier, learning))
    return found

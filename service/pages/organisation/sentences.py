"""The sentences at the top of a journey: what there is and how much. Each leads to the first of what it counts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.pages.frame import terms
from service.pages.frame.language import Language
from service.pages.organisation.afterwards import Afterwards
from service.pages.organisation.story import Node, anchor
from service.pages.parts.day import instant


@dataclass(frozen=True)
class Sentence:
    """A count with its words, where they begin in the page, and what more there is to say."""

    text: str
    href: str
    more: str = ""


def sentences(
    journey: Mapping[str, Any], later: Sequence[Afterwards], language: Language
) -> list[Sentence]:
    """Return the sentences about what there is, and about what came last after the close of each cohort."""
    return [*_sentences(journey, language), *_after_the_close(later, language)]


def _after_the_close(later: Sequence[Afterwards], language: Language) -> Iterator[Sentence]:
    for one in later:
        made = [time for time in one.times if time.checkins]
        if made:
            months, last = made[-1].months, made[-1].checkins[-1]
            status = language.gettext(terms.title("CheckinStatus", last["status"]))
            yield Sentence(_after(months, language), f"#e{last['position']}", status.lower())


def _after(months: int, language: Language) -> str:
    match months:
        case 6:
            return language.gettext("Six months after the close")
        case 12:
            return language.gettext("A year after the close")
        case 24:
            return language.gettext("Two years after the close")
    text = language.ngettext(
        "%(count)s month after the close", "%(count)s months after the close", months
    )
    return text % {"count": months}


def _sentences(journey: Mapping[str, Any], language: Language) -> Iterator[Sentence]:
    def total(name: str) -> int:
        return int(journey[name]["filteredCount"])

    def nodes(name: str) -> Sequence[Node]:
        found: Sequence[Node] = journey[name]["nodes"]
        return found

    # Called as `scripts/messages` finds it.
    def ngettext(one: str, many: str, count: int) -> str:
        return language.ngettext(one, many, count) % {"count": language.number(count)}

    def to(kind: str) -> str:
        return f"#{anchor(kind + '/' + nodes(kind + 's')[0]['key'])}"

    closed = _last_close(journey)

    def after_the_close(name: str) -> str:
        began = [] if closed is None else [one for one in nodes(name) if _is_after(one, closed)]
        text = ngettext("%(count)s after the close", "%(count)s after the close", len(began))
        return text if began and len(nodes(name)) == total(name) else ""

    if nodes("questions"):
        reworded = sum(len(one["framings"]["nodes"]) > 1 for one in nodes("questions"))
        more = ngettext("%(count)s of them reworded", "%(count)s of them reworded", reworded)
        text = ngettext("%(count)s question", "%(count)s questions", total("questions"))
        parts = [more if reworded else "", after_the_close("questions")]
        yield Sentence(text, to("question"), ", ".join(filter(None, parts)))
    if nodes("iterations"):
        text = ngettext("%(count)s trial", "%(count)s trials", total("iterations"))
        parts = [_results(nodes("iterations"), language), after_the_close("iterations")]
        yield Sentence(text, to("iteration"), ", ".join(filter(None, parts)))
    if nodes("failures"):
        text = ngettext(
            "%(count)s failure recorded", "%(count)s failures recorded", total("failures")
        )
        yield Sentence(text, to("failure"))
    if nodes("learnings"):
        text = ngettext("%(count)s learning", "%(count)s learnings", total("learnings"))
        taken = [one for learning in nodes("learnings") for one in learning["adoptions"]["nodes"]]
        more = ngettext("taken up by others once", "taken up by others %(count)s times", len(taken))
        more = language.gettext("taken up by others twice") if len(taken) == 2 else more
        yield Sentence(text, to("learning"), more if taken else "")
    if nodes("adoptions"):
        first, count = nodes("adoptions")[0], total("adoptions")
        text = ngettext("%(count)s learning taken up", "%(count)s learnings taken up", count)
        yield Sentence(text, f"#e{first['position']}", language.gettext("from others"))
    if nodes("pairings"):
        met = sum(len(one["meetings"]["nodes"]) for one in nodes("pairings"))
        text = ngettext("%(count)s pairing", "%(count)s pairings", total("pairings"))
        more = ngettext("met once", "met %(count)s times", met)
        more = language.gettext("met twice") if met == 2 else more
        yield Sentence(text, to("pairing"), more if met else language.gettext("did not meet yet"))
    with_people = [one for one in nodes("iterations") if one["participations"]["nodes"]]
    if with_people:
        people = sum(
            part["people"] for one in with_people for part in one["participations"]["nodes"]
        )
        text = ngettext("%(count)s person took part", "%(count)s people took part", people)
        more = language.gettext("people who came several times are counted each time")
        yield Sentence(text, f"#{anchor('iteration/' + with_people[0]['key'])}", more)


def _last_close(journey: Mapping[str, Any]) -> datetime | None:
    """Return when the last of the organisation's cohorts was closed, None if one is not closed, or if it is in none."""
    cohorts = [one["cohort"] for one in journey["memberships"]["nodes"] if one["cohort"]]
    closes = [instant(one["closedAt"]) for one in cohorts if one["closedAt"]]
    return max(closes) if closes and len(closes) == len(cohorts) else None


def _is_after(one: Node, closed: datetime) -> bool:
    return instant(one["time"]) > closed


def _results(trials: Sequence[Node], language: Language) -> str:
    """Return how many trials have which result, in the order of the vocabulary; without one, their state."""
    results = Counter(one["result"] for one in trials if one["result"])
    states = Counter(one["state"] for one in trials if not one["result"])
    parts = [
        f"{language.number(found[name])} {language.gettext(terms.title(list_, name)).lower()}"
        for list_, found in (("Result", results), ("IterationState", states))
        for name in terms.words(list_)
        if found[name]
    ]
    return ", ".join(parts)

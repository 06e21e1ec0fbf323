"""The events that count for a viewer at a moment: up to a position and a time, not voided, visible now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from events.vocabulary.values.text_folding import folded
from tests.projections.insights.naive.history import Fact, History, Thing
from tests.projections.insights.naive.numbers import DAY_US
from tests.projections.insights.naive.scope import Scope
from tests.projections.insights.naive.visibility import VisibleLog

Moment = tuple[float, float]  # time, then position
Interval = tuple[Moment, Moment]


@dataclass(eq=False)
class Adoption:
    """The first time that an organisation took up a learning."""

    fact: Fact
    learning: Thing
    by: str


class Story:
    """The log as the viewer may see it, up to `as_of` and `at`, with the scope of the question."""

    def __init__(
        self, history: History, visible: VisibleLog, scope: Scope, as_of: float, at: int
    ) -> None:
        self.history = history
        self.visible = visible
        self.viewer = visible.viewer
        self.scope = scope
        self.as_of = as_of
        self.at = at
        counted = [
            fact
            for fact in history.facts
            if fact.position <= as_of and fact.time <= at and history.stands(fact, as_of)
        ]
        self.facts = [
            fact
            for fact in counted
            if visible.sees_fact(fact) and fact.type not in ("event.voided", "event.corrected")
        ]
        born = {fact.position for fact in counted}
        self.things = [
            thing for thing in history.things if thing.born.position in born and visible.sees(thing)
        ]
        self._present = set(self.things)
        self.cohorts_asked = {key for key in scope.cohorts if self._knows_cohort(key, as_of)}
        self._facts_of: dict[str, list[Fact]] = {}
        for fact in self.facts:
            self._facts_of.setdefault(fact.type, []).append(fact)
        self._of: dict[str, list[Thing]] = {}
        for thing in self.things:
            self._of.setdefault(thing.kind, []).append(thing)

    def with_scope(self, scope: Scope) -> "Story":
        """The same story for another scope."""
        other = object.__new__(Story)
        other.__dict__.update(self.__dict__, scope=scope)
        other.cohorts_asked = {key for key in scope.cohorts if self._knows_cohort(key, self.as_of)}
        return other

    def _knows_cohort(self, key: str, as_of: float) -> bool:
        """Whether the viewer sees a cohort of this key, formed up to a position and not voided by then."""
        return any(
            thing.name == f"cohort/{key}"
            and thing.born.position <= as_of
            and self.history.stands(thing.born, as_of)
            and self.visible.sees(thing)
            for thing in self.history.things
        )

    # What there is.

    def of(self, kind: str) -> list[Thing]:
        """The things of a kind, by creation; of questions, the organisations' own."""
        things = self._of.get(kind, [])
        if kind == "question":
            return [thing for thing in things if thing.born.type == "question.framed"]
        return things

    def of_types(self, *types: str) -> list[Fact]:
        """The events of these types, in position order."""
        facts = [fact for type_ in types for fact in self._facts_of.get(type_, [])]
        return sorted(facts, key=lambda fact: fact.position)

    def refs(self, fact: Fact, field: str) -> list[Thing]:
        """The things that an event names in a field; what is hidden is as if it had not been given."""
        things = [
            self.history.thing(name, fact.position) for where, name in fact.named if where == field
        ]
        return [thing for thing in things if thing is not None and thing in self._present]

    def ref(self, fact: Fact, field: str) -> Thing | None:
        return next(iter(self.refs(fact, field)), None)

    def names(self, fact: Fact) -> list[Thing]:
        """All things that an event names or creates."""
        found = []
        for field in dict.fromkeys(field for field, _ in fact.named):
            found += self.refs(fact, field)
        return found

    def moves(self, thing: Thing, type_: str) -> list[Fact]:
        """The events of a type whose first subject is the thing, in position order."""
        return [
            fact
            for fact in self.of_types(type_)
            if fact.first == thing.name and self.history.thing(thing.name, fact.position) is thing
        ]

    def moved(self, thing: Thing, type_: str) -> Fact | None:
        """The last of them."""
        return next(iter(reversed(self.moves(thing, type_))), None)

    def thing(self, name: str) -> Thing | None:
        """The thing that has this name, if it is there."""
        return next((thing for thing in self.things if thing.name == name), None)

    # What things are.

    def owner(self, thing: Thing) -> str | None:
        """Its organisation's key."""
        if thing.kind == "organisation":
            return thing.key
        owner = self.ref(thing.born, "by" if thing.kind == "inspiration" else "organisation")
        return owner.key if owner else None

    def acting(self, fact: Fact) -> str | None:
        """The organisation that acts: the one it names, else that of its first subject."""
        first = self.history.thing(fact.first, fact.position) if fact.first else None
        if fact.by or first is None or first.kind == "pairing":
            return fact.by
        return next(iter(first.owners), None)

    def themes(self, thing: Thing) -> set[str]:
        return {folded(theme) for theme in thing.born.data.get("themes") or []}

    def as_written(self, theme: str) -> str:
        spellings = [
            spelling
            for thing in sorted(self.things, key=lambda one: one.born.position)
            for spelling in thing.born.data.get("themes") or []
            if folded(spelling) == theme
        ]
        return str(spellings[0])

    def wordings(self, question: Thing) -> list[str]:
        """How it was worded, the present wording last."""
        later = self.moves(question, "question.reframed")
        return [question.born.data["text"], *(fact.data["text"] for fact in later)]

    def language(self, question: Thing) -> str:
        """That of its present wording: given with it or before, else its cohort's, else English."""
        cohort = self.thing(f"cohort/{self.history.cohort(question)}")
        given = [cohort.born.data.get("language")] if cohort else []
        given += [question.born.data.get("language")]
        given += [fact.data.get("language") for fact in self.moves(question, "question.reframed")]
        return [one for one in ["en", *given] if one][-1]

    def classes(self, failure: Thing) -> dict[str, Any]:
        """Its type, cause, facet and degree."""
        names = ("failure_type", "failure_cause", "facet", "degree")
        classes = {name: failure.born.data.get(name) for name in names}
        for fact in self.moves(failure, "failure.reclassified"):
            for name in names:
                if fact.data.get(name):
                    classes[name] = fact.data[name]
        return classes

    def adoptions(self) -> list[Adoption]:
        """The adoptions by other organisations, each organisation's first of a learning by position."""
        found: list[Adoption] = []
        for fact in self.of_types("learning.adopted"):
            learning, by = self.ref(fact, "learning"), self.ref(fact, "organisation")
            if learning is None or by is None or by.key == self.owner(learning):
                continue
            if not any(one.learning is learning and one.by == by.key for one in found):
                found.append(Adoption(fact, learning, by.key))
        return found

    # Who is where.

    def close(self, cohort: Thing) -> Moment:
        """When the cohort closed; after everything, if it did not."""
        fact = self.moved(cohort, "cohort.closed")
        return fact.moment if fact else (float("inf"), float("inf"))

    def cohorts(self) -> list[Thing]:
        """The cohorts in scope."""
        wanted = self.scope.cohorts
        return [thing for thing in self.of("cohort") if not wanted or thing.key in wanted]

    def joinings(self, organisation: Thing, cohort: Thing, type_: str) -> list[Fact]:
        return [
            fact
            for fact in self.of_types(type_)
            if self.ref(fact, "organisation") is organisation and self.ref(fact, "cohort") is cohort
        ]

    def members(self, cohort: Thing) -> list[Thing]:
        """Every organisation that was ever in the cohort, by creation."""
        return [
            organisation
            for organisation in self.of("organisation")
            if self.joinings(organisation, cohort, "organisation.joined")
        ]

    def stays(self, organisation: Thing, cohort: Thing) -> list[Interval]:
        """From each joining to the next leaving by position, or to the close, by time and then position."""
        joined = self.joinings(organisation, cohort, "organisation.joined")
        left = self.joinings(organisation, cohort, "organisation.left")
        stays: list[Interval] = []
        for start in joined:
            later = [fact for fact in left if fact.position > start.position]
            end = min(
                later[0].moment if later else (float("inf"), float("inf")), self.close(cohort)
            )
            if start.moment < end:
                stays.append((start.moment, end))
        return stays

    def is_present(self, organisation: Thing, cohort: Thing, when: Moment) -> bool:
        return any(start <= when < end for start, end in self.stays(organisation, cohort))

    @property
    def now(self) -> Moment:
        """The moment of the question: after everything that counts."""
        return self.at, float("inf")

    def length(self, intervals: Iterable[Interval]) -> int:
        """How long the intervals last in µs, up to the moment of the question."""
        return sum(int(min(end[0], self.at) - start[0]) for start, end in intervals)

    def pairing_end(self, pairing: Thing) -> Moment:
        """When it ended: as recorded, by the close, or by a leaving, whichever is first."""
        ends = [(float("inf"), float("inf"))]
        ends += [fact.moment for fact in self.moves(pairing, "pairing.ended")]
        cohort = self.ref(pairing.born, "cohort")
        if cohort is not None:
            ends.append(self.close(cohort))
            for member in self.refs(pairing.born, "organisations"):
                left = self.joinings(member, cohort, "organisation.left")
                later = [fact for fact in left if fact.position > pairing.born.position]
                ends += [fact.moment for fact in later[:1]]
        return min(ends)

    # What the question is about.

    def wants(self, organisation: str | None) -> bool:
        """Whether the organisation is in scope."""
        wanted = self.scope
        if wanted.organisations and organisation not in wanted.organisations:
            return False
        if not wanted.sectors:
            return True
        found = self.thing(f"organisation/{organisation}") if organisation else None
        return found is not None and folded(found.born.data["sector"]) in {
            folded(sector) for sector in wanted.sectors
        }

    def wants_any(self, organisations: Iterable[str]) -> bool:
        """Whether one of them is, or no organisations are asked for."""
        if not self.scope.organisations and not self.scope.sectors:
            return True
        return any(self.wants(organisation) for organisation in organisations)

    def wants_cohort(self, cohort: str | None) -> bool:
        return not self.scope.cohorts or cohort in self.cohorts_asked

    def wants_themes(self, themes: set[str]) -> bool:
        return not self.scope.themes or bool(
            themes & {folded(theme) for theme in self.scope.themes}
        )

    def wants_time(self, time: int) -> bool:
        since, until = self.scope.since, self.scope.until
        return (since is None or since <= time) and (until is None or time < until)

    def chosen(self, thing: Thing, time: int | None = None) -> bool:
        """Whether the thing is in scope; `time` is the moment that counts, that of its creation by default."""
        return (
            self.wants_cohort(self.history.cohort(thing))
            and self.wants(self.owner(thing))
            and self.wants_themes(self.themes(thing))
            and self.wants_time(thing.born.time if time is None else time)
        )

    def chosen_fact(self, fact: Fact, organisation: str | None, themes: set[str]) -> bool:
        """Whether what an event says by itself is in scope."""
        return (
            self.wants_cohort(self.history.cohort_of(fact))
            and self.wants(organisation)
            and self.wants_themes(themes)
            and self.wants_time(fact.time)
        )

    def concluded(self) -> list[tuple[Thing, Fact]]:
        """C: the concluded iterations, with their conclusions."""
        found = []
        for iteration in self.of("iteration"):
            end = self.moved(iteration, "iteration.concluded")
            if end is not None and self.chosen(iteration, end.time):
                found.append((iteration, end))
        return found

    def failures(self) -> list[Thing]:
        """F."""
        return [thing for thing in self.of("failure") if self.chosen(thing)]

    def learnings(self) -> list[Thing]:
        """L."""
        return [thing for thing in self.of("learning") if self.chosen(thing)]

    def outcomes(self) -> list[Thing]:
        """O."""
        return [thing for thing in self.of("outcome") if self.chosen(thing)]

    def learnings_from(self, thing: Thing) -> list[Thing]:
        """The learnings that name the thing in `from`."""
        return [one for one in self.of("learning") if thing in self.refs(one.born, "from")]

    def is_whole(self, organisation: str | None = None) -> bool:
        """Whether the viewer is given what a partial view would distort."""
        viewer = self.viewer
        if viewer.role == "facilitator":
            if not viewer.cohorts:
                return True
            return bool(self.scope.cohorts) and set(self.scope.cohorts) <= set(viewer.cohorts)
        if viewer.role == "evaluator":
            return bool(self.scope.cohorts) and set(self.scope.cohorts) <= set(viewer.cohorts)
        if viewer.role == "organisation":
            asked = {organisation} if organisation else set(self.scope.organisations)
            return asked == {viewer.organisation}
        return False

    def is_partial(self) -> bool:
        """Whether anything of the cohorts asked for (of any, or outside, without) is hidden, as the log is now."""
        end = float("inf")
        history, visible = self.history, self.visible
        hidden: list[str | None] = []
        for thing in history.things:
            if (
                thing.kind != "person"
                and history.stands(thing.born, end)
                and not visible.sees(thing)
            ):
                hidden.append(history.cohort(thing))
        for fact in history.facts:
            first = history.thing(fact.first, fact.position) if fact.first else None
            if first is None or first.kind == "person" or not history.stands(fact, end):
                continue
            if not visible.sees_fact(fact):
                hidden.append(history.cohort_of(fact) or history.cohort(first))
        if not self.scope.cohorts:
            return bool(hidden)
        return any(
            cohort in hidden and self._knows_cohort(cohort, end) for cohort in self.scope.cohorts
        )

    def old(self, time: int, days: int) -> bool:
        """Whether it was at least so many days ago."""
        return self.at - time >= days * DAY_US

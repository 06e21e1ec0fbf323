"""Who may see what, as things are now (the vocabulary's section Visibility)."""

from dataclasses import dataclass

from events.vocabulary.types import Mark
from tests.projections.insights.naive.history import Fact, History, Thing

WIDTH = ["private", "pair", "cohort", "public"]


@dataclass(frozen=True)
class Viewer:
    """Who looks. A facilitator without cohorts is facilitator of everything."""

    role: str = "facilitator"
    cohorts: frozenset[str] = frozenset()
    organisation: str | None = None


class VisibleLog:
    """What a viewer may see of the log as a whole."""

    def __init__(self, history: History, viewer: Viewer) -> None:
        self.history = history
        self.viewer = viewer
        self.members: dict[str, set[str]] = {}  # by cohort, every organisation that was ever in it
        for fact in history.facts:
            if fact.type == "organisation.joined" and self._stands(fact):
                self.members.setdefault(fact.data["cohort"], set()).add(fact.data["organisation"])
        self._levels: dict[Thing, str] = {}
        self._seen: dict[Thing, bool] = {}

    def _stands(self, fact: Fact) -> bool:
        return self.history.stands(fact, float("inf"))

    def everything(self) -> bool:
        return self.viewer.role == "facilitator" and not self.viewer.cohorts

    def level(self, thing: Thing) -> str:
        if thing not in self._levels:
            self._levels[thing] = self._level(thing)
        return self._levels[thing]

    def _level(self, thing: Thing) -> str:
        if thing.kind == "person":
            return "private"
        deviant = thing.kind == "failure" and thing.born.data.get("failure_cause") == "deviance"
        default = (
            "public" if thing.born.wire == "org.howcanwe.publication.released.v2" else "cohort"
        )
        level = thing.born.sent_level or ("private" if deviant else default)
        for fact in self.history.about(thing):
            if fact.type == "visibility.changed" and self._stands(fact):
                level = fact.data["visibility"]
        return level

    def sees(self, thing: Thing) -> bool:
        if thing not in self._seen:
            self._seen[thing] = self._sees(thing)
        return self._seen[thing]

    def _sees(self, thing: Thing) -> bool:
        if self.everything():
            return True
        shared = thing.kind == "question" and thing.born.type == "cohort.formed"
        if thing.kind in ("cohort", "organisation") or shared:
            return self.viewer.role != "public" or self.level(thing) == "public"
        cohort = self.history.cohort(thing)
        return self.reaches(
            self.level(thing), thing.owners, cohort, is_sensitive=self.is_sensitive(thing)
        )

    def is_sensitive(self, thing: Thing) -> bool:
        """Whether evaluators see less of it: a person, or a failure that is now called a deviance."""
        if thing.kind != "failure":
            return thing.kind == "person"
        cause = thing.born.data.get("failure_cause")
        for fact in self.history.about(thing):
            if fact.type == "failure.reclassified" and self._stands(fact):
                cause = fact.data.get("failure_cause") or cause
        return cause == "deviance"

    def reaches(
        self, level: str, owners: list[str], cohort: str | None, *, is_sensitive: bool = False
    ) -> bool:
        """Whether something at this level, of these owners and this cohort, is shown to the viewer."""
        viewer = self.viewer
        if level == "public":
            return True
        if viewer.role == "facilitator":
            if not viewer.cohorts:
                return True
            if cohort is not None:
                return cohort in viewer.cohorts
            return any(
                owner in self.members.get(own, set()) for owner in owners for own in viewer.cohorts
            )
        if viewer.role == "analyst":
            return level == "cohort"
        if viewer.role == "evaluator":
            return cohort in viewer.cohorts and (level == "cohort" or not is_sensitive)
        if viewer.role == "guest":
            is_there = viewer.organisation in self.members.get(cohort or "", set())
            return level == "cohort" and cohort in viewer.cohorts and is_there
        if viewer.role == "organisation":
            if viewer.organisation in owners:
                return True
            if level == "private" or cohort is None:
                return False
            if level == "cohort" and viewer.organisation in self.members.get(cohort, set()):
                return True
            return self._paired_now(owners, cohort)
        return False

    def _paired_now(self, owners: list[str], cohort: str) -> bool:
        for thing in self.history.things:
            if thing.kind != "pairing" or not self._stands(thing.born):
                continue
            if thing.born.data["cohort"] != cohort or self.viewer.organisation not in thing.owners:
                continue
            if any(owner in thing.owners for owner in owners) and not self._ended(thing):
                return True
        return False

    def _ended(self, pairing: Thing) -> bool:
        for fact in self.history.facts:
            if not self._stands(fact):
                continue
            there = fact.data.get("cohort") == pairing.born.data["cohort"]
            if there and fact.type == "cohort.closed":
                return True
            if fact.position < pairing.born.position:
                continue
            if fact.type == "pairing.ended" and fact.data["pairing"] == pairing.key:
                return True
            left = there and fact.type == "organisation.left"
            if left and fact.data["organisation"] in pairing.owners:
                return True
        return False

    def sees_fact(self, fact: Fact) -> bool:
        """Whether the event itself is shown: what it names besides its first subject may be hidden all the same."""
        if self.everything():
            return True
        if fact.first is None:
            return False
        first = self.history.thing(fact.first, fact.position)
        assert first is not None
        if fact.mark is Mark.CREATES or fact.type in ("cohort.revised", "organisation.renamed"):
            return self.sees(first)
        viewer = self.viewer
        if viewer.role == "organisation" and fact.by == viewer.organisation:
            return True
        if fact.type == "organisation.joined":
            return viewer.role != "public" or fact.sent_level == "public"
        level, cohort = self.level(first), self.history.cohort(first)
        if first.kind == "person":
            level = "private"
        elif first.kind == "organisation":
            cohort = self.history.cohort_of(fact)
            if fact.type == "organisation.left":
                level = "cohort"
            elif fact.mark is Mark.ADDS:
                level = self._own_level(fact, "cohort")
        elif fact.mark is Mark.ADDS:
            own = self._own_level(fact, level)
            level = WIDTH[min(WIDTH.index(level), WIDTH.index(own))]
        return self.reaches(level, first.owners, cohort, is_sensitive=self.is_sensitive(first))

    def _own_level(self, fact: Fact, default: str) -> str:
        level = fact.sent_level or default
        for change in self.history.facts:
            of_this = change.data.get("of") == f"event/{fact.position}"
            if of_this and change.type == "visibility.changed" and self._stands(change):
                level = change.data["visibility"]
        return level

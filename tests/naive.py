"""Who sees what, computed naively from the lines: written from the vocabulary, and sharing nothing with the code.

Every answer goes through all events again. Subjects whose key was used twice are not understood here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Line = dict[str, Any]

# Per type: what it does (creates, moves, alters what every key sees, adds), and its fields that name subjects:
# `field:kind`, `+` for a new one, `*` for any kind as <kind>/<key>, `[]` for a list. The first is the first subject.
TYPES: Final = {
    "cohort.formed": "creates cohort:+cohort question:+question builds_on:cohort[]"
    " hosts:organisation[]",
    "cohort.revised": "alters cohort:cohort hosts:organisation[]",
    "cohort.closed": "moves cohort:cohort",
    "organisation.registered": "creates organisation:+organisation",
    "organisation.renamed": "alters organisation:organisation",
    "organisation.joined": "moves organisation:organisation cohort:cohort",
    "organisation.left": "moves organisation:organisation cohort:cohort",
    "organisations.paired": "creates pairing:+pairing cohort:cohort organisations:organisation[]",
    "session.held": "creates session:+session cohort:cohort attended:organisation[]",
    "inspiration.shared": "creates inspiration:+inspiration cohort:cohort by:organisation questions:question[]",
    "pairing.ended": "moves pairing:pairing",
    "note.added": "adds about:* organisation:organisation",
    "visibility.changed": "moves of:*",
    "mindset.assessed": "adds organisation:organisation cohort:cohort",
    "question.framed": "creates question:+question organisation:organisation cohort:cohort parent:question",
    "question.reframed": "moves question:question because_of:*[]",
    "question.closed": "moves question:question learnings:learning[]",
    "iteration.planned": "creates iteration:+iteration organisation:organisation cohort:cohort question:question"
    " follows:iteration inspired_by:*[]",
    "iteration.revised": "moves iteration:iteration",
    "iteration.started": "moves iteration:iteration",
    "observation.recorded": "adds iteration:iteration",
    "participation.recorded": "adds iteration:iteration",
    "iteration.concluded": "moves iteration:iteration",
    "failure.recorded": "creates failure:+failure organisation:organisation cohort:cohort iteration:iteration"
    " question:question",
    "failure.reclassified": "moves failure:failure",
    "learning.captured": "creates learning:+learning organisation:organisation cohort:cohort from:*[]",
    "learning.revised": "moves learning:learning",
    "learning.challenged": "adds learning:learning organisation:organisation",
    "learning.adopted": "adds learning:learning organisation:organisation cohort:cohort iteration:iteration",
    "review.held": "adds organisation:organisation cohort:cohort iteration:iteration",
    "pairing.met": "adds pairing:pairing organisation:organisation",
    "help.asked": "creates ask:+ask organisation:organisation cohort:cohort",
    "help.given": "adds ask:ask organisation:organisation",
    "inspiration.used": "adds inspiration:inspiration organisation:organisation iteration:iteration",
    "outcome.harvested": "creates outcome:+outcome organisation:organisation cohort:cohort",
    "outcome.substantiated": "adds outcome:outcome organisation:organisation",
    "journey.checked_in": "adds organisation:organisation cohort:cohort",
    "publication.released": "creates publication:+publication cohort:cohort organisation:organisation cites:*[]",
    "publication.withdrawn": "moves publication:publication",
    "commitment.made": "creates commitment:+commitment organisation:organisation cohort:cohort iteration:iteration"
    " session:session",
    "commitment.settled": "moves commitment:commitment",
    "person.introduced": "creates person:+person organisation:organisation",
    "person.forgotten": "moves person:person",
    "event.voided": "voids",
    "event.corrected": "voids",
}
LEVELS: Final = ("private", "pair", "cohort", "public")


@dataclass(frozen=True)
class Viewer:
    """Who looks: a role, with cohorts or an organisation."""

    role: str
    cohorts: frozenset[str] = frozenset()
    organisation: str | None = None


@dataclass
class Thing:
    """A subject: its level now, whose it is, in which cohort."""

    kind: str
    level: str
    position: int
    organisations: tuple[str, ...] = ()
    cohort: str | None = None
    ended: bool = False
    cause: str | None = None

    @property
    def is_sensitive(self) -> bool:
        """Whether evaluators see less of it: a person, or a failure that was a deviance."""
        return self.kind == "person" or self.cause == "deviance"


@dataclass
class Naive:
    """All the events, by position."""

    lines: Sequence[Line]
    things: dict[str, Thing] = field(default_factory=dict)
    voided: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.by_position = {line["position"]: line for line in self.lines}
        # A void of a void does not exist; what a void names counts for nothing.
        self.voided = {line["data"]["event"] for line in self.lines if kind(line) == "event.voided"}
        for line in self.lines:
            self._learn(line)

    def _learn(self, line: Line) -> None:
        data, name = line["data"], kind(line)
        for stream, is_new, _ in named(line):
            if is_new:
                self.things[stream] = self._new(stream, line)
        if line["position"] in self.voided:
            return
        if name == "visibility.changed" and data["of"] in self.things:
            thing = self.things[data["of"]]
            # A person is always private, even if another level is given.
            thing.level = "private" if thing.kind == "person" else data["visibility"]
        if name == "failure.reclassified" and data.get("failure_cause"):
            self.things[f"failure/{data['failure']}"].cause = data["failure_cause"]
        if name == "pairing.ended":
            self.things[f"pairing/{data['pairing']}"].ended = True
        if name in ("cohort.closed", "organisation.left"):
            for thing in self.things.values():
                if thing.kind == "pairing" and thing.cohort == data["cohort"]:
                    leaves = name == "cohort.closed" or data["organisation"] in thing.organisations
                    thing.ended = thing.ended or leaves

    def _new(self, stream: str, line: Line) -> Thing:
        data, subject_kind = line["data"], stream.partition("/")[0]
        level = "private" if data.get("failure_cause") == "deviance" else "cohort"
        if line["type"] == "org.howcanwe.publication.released.v2":
            level = "public"
        level = line.get("visibility", level)
        if subject_kind == "person":
            level = "private"
        owners: tuple[str, ...]
        if subject_kind == "organisation":
            owners = (data["organisation"],)
        elif subject_kind == "pairing":
            owners = tuple(data["organisations"])
        elif subject_kind == "cohort" or kind(line) == "cohort.formed":
            owners = ()
        else:
            owner = data.get("by" if subject_kind == "inspiration" else "organisation")
            owners = (owner,) if owner else ()
        cause = data.get("failure_cause") if subject_kind == "failure" else None
        return Thing(subject_kind, level, line["position"], owners, self._cohort(data), cause=cause)

    def _cohort(self, data: Line) -> str | None:
        """Return the cohort named, else the iteration's, the question's or the session's."""
        if data.get("cohort"):
            return str(data["cohort"])
        for other in ("iteration", "question", "session"):
            thing = self.things.get(f"{other}/{data.get(other)}")
            if thing is not None and thing.cohort is not None:
                return thing.cohort
        return None

    def ever_in(self, organisation: str | None, cohort: str | None) -> bool:
        """Say whether the organisation ever joined."""
        return any(
            kind(line) == "organisation.joined"
            and line["position"] not in self.voided
            and line["data"]["organisation"] == organisation
            and line["data"]["cohort"] == cohort
            for line in self.lines
        )

    def paired(self, one: str, others: tuple[str, ...], cohort: str) -> bool:
        """Say whether the organisation is now paired with one of the others in the cohort."""
        return any(
            thing.kind == "pairing"
            and thing.cohort == cohort
            and not thing.ended
            and thing.position not in self.voided
            and one in thing.organisations
            and any(other in thing.organisations for other in others)
            for thing in self.things.values()
        )

    def reaches(
        self,
        viewer: Viewer,
        level: str,
        owners: tuple[str, ...],
        cohort: str | None,
        *,
        is_sensitive: bool = False,
    ) -> bool:
        """Say whether a level shows something of these owners and this cohort to the viewer."""
        if level == "public":
            return True
        if viewer.role == "facilitator":
            if cohort is not None:
                return cohort in viewer.cohorts
            return any(self.ever_in(owner, mine) for owner in owners for mine in viewer.cohorts)
        if viewer.role == "analyst":
            return level == "cohort"
        if viewer.role == "evaluator":
            return cohort in viewer.cohorts and (level == "cohort" or not is_sensitive)
        if viewer.role == "guest":
            assert viewer.organisation is not None
            is_there = cohort in viewer.cohorts and self.ever_in(viewer.organisation, cohort)
            return level == "cohort" and is_there
        if viewer.role != "organisation" or viewer.organisation is None:
            return False
        if viewer.organisation in owners:
            return True
        if cohort is None or level == "private":
            return False
        if level == "cohort" and self.ever_in(viewer.organisation, cohort):
            return True
        return self.paired(viewer.organisation, owners, cohort)

    def sees(self, viewer: Viewer, stream: str) -> bool:
        """Say whether the viewer sees the subject."""
        thing = self.things.get(stream)
        if thing is None or (thing.position in self.voided):
            # A voided creation hides its subject from everyone; the subject's events are still visible.
            return False
        return self._sees(viewer, thing)

    def _sees(self, viewer: Viewer, thing: Thing) -> bool:
        if is_unlimited(viewer):
            return True
        shared = thing.kind == "question" and not thing.organisations
        if thing.kind in ("cohort", "organisation") or shared:
            return viewer.role != "public" or thing.level == "public"
        return self.reaches(
            viewer, thing.level, thing.organisations, thing.cohort, is_sensitive=thing.is_sensitive
        )

    def gives(self, viewer: Viewer, line: Line) -> bool:
        """Say whether the viewer may be given the event."""
        if is_unlimited(viewer):
            return True
        name, data = kind(line), line["data"]
        if name in ("event.voided", "event.corrected"):
            return self.gives(viewer, self.by_position[data["event"]])
        if name == "visibility.changed" and data["of"].startswith("event/"):
            return self.gives(viewer, self.by_position[int(data["of"].partition("/")[2])])
        things = [self.things[stream] for stream, _, _ in named(line)]
        return all(self._sees(viewer, thing) for thing in things) and self._itself(
            viewer, line, things[0]
        )

    def _itself(self, viewer: Viewer, line: Line, first: Thing) -> bool:
        name, data = kind(line), line["data"]
        effect = TYPES[name].partition(" ")[0]
        if effect in ("creates", "alters"):
            return True
        acting = data.get("organisation")
        if viewer.role == "organisation" and acting == viewer.organisation:
            return True
        if name == "organisation.joined":
            return viewer.role != "public" or line.get("visibility") == "public"
        own = self._own_level(line)
        if first.kind == "organisation":
            level = first.level
            if name == "organisation.left":
                level = "cohort"
            elif effect == "adds":
                level = own or "cohort"
            return self.reaches(viewer, level, first.organisations, self._cohort(data))
        level = first.level
        if effect == "adds" and own is not None:
            level = min(level, own, key=LEVELS.index)
        return self.reaches(
            viewer, level, first.organisations, first.cohort, is_sensitive=first.is_sensitive
        )

    def _own_level(self, line: Line) -> str | None:
        level = line.get("visibility")
        for later in self.lines:
            if (
                kind(later) == "visibility.changed"
                and later["position"] not in self.voided
                and later["data"]["of"] == f"event/{line['position']}"
            ):
                level = later["data"]["visibility"]
        return level


def is_unlimited(viewer: Viewer) -> bool:
    """Say whether it is a facilitator of everything."""
    return viewer.role == "facilitator" and not viewer.cohorts


def kind(line: Line) -> str:
    """Return the event's type, without what all types have in common."""
    return str(line["type"]).removeprefix("org.howcanwe.").rpartition(".")[0]


def named(line: Line) -> list[tuple[str, bool, bool]]:
    """Return the subjects that the event names: stream, whether it is new, whether alone in its field."""
    found = []
    for part in TYPES[kind(line)].split()[1:]:
        name, _, kinds = part.partition(":")
        many = kinds.endswith("[]")
        kinds = kinds.removesuffix("[]")
        value = line["data"].get(name)
        for one in (value or []) if many else ([value] if value is not None else []):
            stream = one if kinds == "*" else f"{kinds.lstrip('+')}/{one}"
            found.append((stream, kinds.startswith("+"), not many))
    return found

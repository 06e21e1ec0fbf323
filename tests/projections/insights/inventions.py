"""Events of every type that figures look at, invented by chance; the rules refuse many of them."""

from collections.abc import Callable
from datetime import timedelta

from events.vocabulary import terms
from events.vocabulary.catalogue import VOCABULARY
from tests.projections.corrected import random_fields
from tests.projections.insights.draws import THEMES, Draws
from tests.projections.insights.judging import EventJson, MemoryLog


class Inventions(Draws):
    """Invents events for a log."""

    def __init__(self, seed: int, log: MemoryLog) -> None:
        super().__init__(seed)
        self.log = log

    def invented(self) -> EventJson:
        """Any event, as likely as not refused."""
        builders: list[Callable[[], tuple[str, EventJson]]] = [
            self._relevelled, self._relevelled, self._relevelled, self._voided, self._voided,
            self._voided, self._corrected, self._corrected, self._corrected, self._learned,
            self._learned, self._failed, self._failed,
            self._reclassified, self._adopted, self._adopted, self._adopted, self._challenged,
            self._revised, self._followed, self._reframed, self._closed_question, self._left,
            self._joined, self._joined, self._paired, self._unpaired, self._met, self._asked,
            self._helped, self._used, self._shared, self._harvested, self._substantiated,
            self._checked_in, self._took_part, self._took_part, self._assessed, self._started,
            self._concluded, self._noted, self._closed, self._released, self._framed,
            self._reviewed, self._held, self._held, self._committed, self._committed,
            self._settled, self._revised_cohort, self._renamed,
        ]  # fmt: skip
        type_, data = self.dice.choice(builders)()
        self.made += 1
        event: EventJson = {
            "specversion": "1.0",
            "id": f"invented-{self.made}",
            "source": "urn:example:mischief",
            "type": VOCABULARY.named(type_).wire_name,
            "time": self.moment().isoformat(),
            "data": data,
        }
        if self.dice.random() < 0.3:
            event["visibility"] = self.level()
        return event

    def _relevelled(self) -> tuple[str, EventJson]:
        of = self.name("learning", "failure", "iteration", "question", "organisation", "cohort",
                       "inspiration", "ask", "outcome", "pairing", "session", "commitment")  # fmt: skip
        if self.dice.random() < 0.3 and self.log.lines:
            of = f"event/{self.dice.randrange(1, len(self.log.lines) + 1)}"
        return "visibility.changed", {"of": of, "visibility": self.level()}

    def _voided(self) -> tuple[str, EventJson]:
        last = len(self.log.lines)
        first = max(1, last - 30) if self.dice.random() < 0.7 else 1
        return "event.voided", {"event": self.dice.randrange(first, last + 1), "reason": "A slip."}

    def _corrected(self) -> tuple[str, EventJson]:
        """A correction of some event, or of the latest; of one that figures look at, where there is any."""
        lines = self.log.lines[-60:] if self.dice.random() < 0.5 else self.log.lines
        line = self.dice.choice(lines)
        fields = random_fields(self.dice, line["type"], line["data"])
        if "themes" in fields and fields["themes"] is not None:
            fields["themes"] = self.themes()
        if "months_after" in fields:
            fields["months_after"] = self.dice.choice((3, 4, 9, 10, 12, 15, 22))
        return "event.corrected", {"event": line["position"], "fields": fields}

    def _held(self) -> tuple[str, EventJson]:
        attended = [self.key("organisation") for _ in range(self.dice.randrange(4))]
        return "session.held", {
            "session": self.new("session"),
            "cohort": self.key("cohort"),
            "kind": "workshop",
            "title": "A morning",
            "attended": list(dict.fromkeys(attended)),
        }

    def _committed(self) -> tuple[str, EventJson]:
        due_on = self.moment() + timedelta(days=self.dice.randrange(60))
        return "commitment.made", {
            "commitment": self.new("commitment"),
            **self._own(),
            **self.maybe(
                iteration=self.key("iteration"),
                session=self.key("session"),
                due_on=due_on.date().isoformat(),
            ),
            "text": "We ask ten neighbours.",
        }

    def _settled(self) -> tuple[str, EventJson]:
        return "commitment.settled", {
            "commitment": self.key("commitment"),
            "outcome": self.dice.choice(("kept", "changed", "dropped")),
        }

    def _revised_cohort(self) -> tuple[str, EventJson]:
        hosts = [self.key("organisation")] if self.dice.random() < 0.6 else []
        return "cohort.revised", {
            "cohort": self.key("cohort"), "hosts": hosts, "reason": "Things changed.",
        }  # fmt: skip

    def _renamed(self) -> tuple[str, EventJson]:
        return "organisation.renamed", {
            "organisation": self.key("organisation"), "name": self.dice.choice(("Mill", "Archive")),
        }  # fmt: skip

    def _own(self) -> EventJson:
        return {"organisation": self.key("organisation"), **self.maybe(cohort=self.key("cohort"))}

    def _learned(self) -> tuple[str, EventJson]:
        return "learning.captured", {
            "learning": self.new("learning"),
            **self._own(),
            "statement": "Ask first.",
            "loop": self.dice.choice(("single", "double", "double", "triple")),
            "evidence_level": 2,
            "from": self.names("iteration", "failure", "failure", "question", "inspiration"),
            "themes": self.themes(),
        }

    def _failed(self) -> tuple[str, EventJson]:
        return "failure.recorded", {
            "failure": self.new("failure"),
            **self._own(),
            **self.maybe(iteration=self.key("iteration"), question=self.key("question")),
            "intended": "This.",
            "actual": "That.",
            "why": "It rained.",
            "degree": "tolerable_failure",
            **self.classes(),
            "for_whom": self.dice.sample(["organisation", "participants", "funder"], 2),
            "themes": self.themes(),
        }

    def _reclassified(self) -> tuple[str, EventJson]:
        return "failure.reclassified", {
            "failure": self.key("failure"),
            **self.classes(),
            "reason": "Seen again.",
        }

    def _adopted(self) -> tuple[str, EventJson]:
        return "learning.adopted", {
            "learning": self.key("learning"),
            **self._own(),
            **self.maybe(iteration=self.key("iteration")),
        }

    def _challenged(self) -> tuple[str, EventJson]:
        organisation = self.key("organisation")
        return "learning.challenged", {
            "learning": self.key("learning"), "organisation": organisation, "reason": "Not here."
        }  # fmt: skip

    def _revised(self) -> tuple[str, EventJson]:
        return "learning.revised", {
            "learning": self.key("learning"), "statement": "Ask twice.", "reason": "Clearer."
        }  # fmt: skip

    def _followed(self) -> tuple[str, EventJson]:
        modes = [mode.value for mode in terms.Mode]
        return "iteration.planned", {
            "iteration": self.new("iteration"),
            **self._own(),
            "question": self.key("question"),
            "title": "Again",
            "hypothesis": "They will.",
            "action": "Ask.",
            **self.maybe(
                follows=self.key("iteration"),
                modes=self.dice.sample(modes, 2),
                participation_level="involve",
                inspired_by=self.names("inspiration", "learning", "iteration"),
            ),
            "themes": self.themes(),
        }

    def _framed(self) -> tuple[str, EventJson]:
        return "question.framed", {
            "question": self.new("question"),
            **self._own(),
            **self.worded(f"find {self.dice.choice(THEMES)} with {self.dice.choice(THEMES)}"),
            **self.maybe(parent=self.key("question")),
            "themes": self.themes(),
        }

    def _reframed(self) -> tuple[str, EventJson]:
        self.made += 1
        return "question.reframed", {
            "question": self.key("question"),
            **self.worded(f"share {self.dice.choice(THEMES)} {self.made} times"),
            "reason": "We learned.",
            **self.maybe(because_of=self.names("learning", "failure")),
        }

    def _closed_question(self) -> tuple[str, EventJson]:
        outcome = self.dice.choice(("answered", "parked"))
        return "question.closed", {"question": self.key("question"), "outcome": outcome}

    def _left(self) -> tuple[str, EventJson]:
        reason = self.dice.choice(list(terms.LeaveReason)).value
        return "organisation.left", {
            "organisation": self.key("organisation"), "cohort": self.key("cohort"), "reason": reason
        }  # fmt: skip

    def _joined(self) -> tuple[str, EventJson]:
        return "organisation.joined", {
            "organisation": self.key("organisation"), "cohort": self.key("cohort")
        }  # fmt: skip

    def _paired(self) -> tuple[str, EventJson]:
        members = list({self.key("organisation") for _ in range(self.dice.choice((2, 3)))})
        return "organisations.paired", {
            "pairing": self.new("pairing"),
            "cohort": self.key("cohort"),
            "organisations": sorted(members),
        }

    def _unpaired(self) -> tuple[str, EventJson]:
        return "pairing.ended", {"pairing": self.key("pairing")}

    def _met(self) -> tuple[str, EventJson]:
        organisation = self.key("organisation")
        return "pairing.met", {"pairing": self.key("pairing"), "organisation": organisation}

    def _asked(self) -> tuple[str, EventJson]:
        return "help.asked", {
            "ask": self.new("ask"), **self._own(), "text": "Who?", "themes": self.themes()
        }  # fmt: skip

    def _helped(self) -> tuple[str, EventJson]:
        organisation = self.key("organisation")
        return "help.given", {"ask": self.key("ask"), "organisation": organisation, "text": "Me."}

    def _used(self) -> tuple[str, EventJson]:
        return "inspiration.used", {
            "inspiration": self.key("inspiration"),
            "organisation": self.key("organisation"),
            **self.maybe(iteration=self.key("iteration")),
        }

    def _shared(self) -> tuple[str, EventJson]:
        return "inspiration.shared", {
            "inspiration": self.new("inspiration"),
            "cohort": self.key("cohort"),
            **self.maybe(by=self.key("organisation")),
            "kind": self.dice.choice(list(terms.InspirationKind)).value,
            "title": "A visit",
        }

    def _harvested(self) -> tuple[str, EventJson]:
        return "outcome.harvested", {
            "outcome": self.new("outcome"),
            **self._own(),
            "social_actor": "Neighbours",
            "change_type": self.dice.choice(("practice", "policy")),
            "description": "They write.",
            "contribution": "We asked.",
            "anticipated": self.dice.random() < 0.5,
            "sign": self.dice.choice(("positive", "negative")),
            "happened_on": "2015-01-01",
        }

    def _substantiated(self) -> tuple[str, EventJson]:
        return "outcome.substantiated", {
            "outcome": self.key("outcome"),
            "organisation": self.key("organisation"),
            "agreement": self.dice.choice(("full", "partial", "none")),
        }

    def _checked_in(self) -> tuple[str, EventJson]:
        return "journey.checked_in", {
            "organisation": self.key("organisation"),
            "cohort": self.key("cohort"),
            "months_after": self.dice.choice((3, 4, 9, 10, 12, 15, 16, 22, 27, 28)),
            "status": self.dice.choice(list(terms.CheckinStatus)).value,
        }

    def _took_part(self) -> tuple[str, EventJson]:
        return "participation.recorded", {
            "iteration": self.key("iteration"),
            "people": self.dice.choice((0, 1, 5, 40)),
            "level": self.dice.choice(list(terms.ParticipationLevel)).value,
            **self.maybe(mode="give_time"),
        }

    def _assessed(self) -> tuple[str, EventJson]:
        return "mindset.assessed", {
            **self._own(),
            "framing": self.dice.choice(list(terms.Framing)).value,
            "participation_level": "consult",
        }

    def _started(self) -> tuple[str, EventJson]:
        return "iteration.started", {"iteration": self.key("iteration")}

    def _concluded(self) -> tuple[str, EventJson]:
        return "iteration.concluded", {
            "iteration": self.key("iteration"),
            "result": self.dice.choice(list(terms.Result)).value,
            "decision": self.dice.choice(list(terms.Decision)).value,
            "evidence_level": self.dice.choice((1, 1, 3)),
            "summary": "Well.",
            **self.maybe(hours=self.dice.choice((0, 3, 0.1, 12.35))),
            **self.maybe(cost={"amount": self.dice.choice((0, 9.99, 120)),
                               "currency": self.dice.choice(("GBP", "EUR"))}),
        }  # fmt: skip

    def _noted(self) -> tuple[str, EventJson]:
        about = self.name("iteration", "learning", "cohort")
        return "note.added", {"about": about, "text": "Worth knowing."}

    def _closed(self) -> tuple[str, EventJson]:
        if self.dice.random() < 0.8:
            return self._noted()
        return "cohort.closed", {"cohort": self.key("cohort")}

    def _released(self) -> tuple[str, EventJson]:
        return "publication.released", {
            "publication": self.new("publication"),
            **self._own(),
            "kind": "report",
            "title": "What we tried",
            "licence": "CC-BY-4.0",
        }

    def _reviewed(self) -> tuple[str, EventJson]:
        return "review.held", {
            **self._own(),
            **self.maybe(iteration=self.key("iteration")),
            "intended": "This.", "actual": "That.", "why": "It rained.",
        }  # fmt: skip

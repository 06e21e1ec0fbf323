"""Questions of chance about a log: who asks, about what, as of when."""

from dataclasses import dataclass
from random import Random
from typing import Any

from events.access.principal import Role
from events.vocabulary.terms import Mode, ParticipationLevel
from projections.insights.answers import FigureArguments, answers
from projections.insights.index.index import Index
from projections.insights.perspective.partiality import is_partial
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.scoped import ScopedPerspective
from projections.insights.perspective.viewer import FigureViewer
from tests.projections.insights import naive
from tests.projections.insights.draws import THEMES
from tests.projections.insights.judging import MemoryLog
from tests.projections.insights.naive.history import moment_us
from tests.projections.insights.naive.numbers import DAY_US
from tests.projections.insights.stories import NOW_US


@dataclass(frozen=True)
class Question:
    """One question, as the product and the naive code take it."""

    viewer: FigureViewer
    scope: Scope
    asked: FigureArguments
    as_of: int | None
    at_us: int

    def of_the_product(self, index: Index) -> dict[str, Any]:
        perspective = Perspective(index, self.viewer, at_us=self.at_us, as_of=self.as_of)
        view = ScopedPerspective(perspective, self.scope)
        return {"partial": is_partial(view), **answers(view, self.asked)}

    def of_the_naive(self, history: naive.History) -> dict[str, Any]:
        viewer, scope, asked = self.viewer, self.scope, self.asked
        return naive.insights(
            history,
            at=self.at_us,
            viewer=naive.Viewer(viewer.role.value, viewer.cohorts, viewer.organisation),
            scope=naive.Scope(
                scope.cohorts,
                scope.organisations,
                scope.sectors,
                scope.themes,
                scope.from_us,
                scope.to_us,
            ),
            as_of=float("inf") if self.as_of is None else self.as_of,
            asked=naive.Asked(
                asked.mode,
                asked.level,
                asked.themes,
                asked.organisation,
                asked.question,
                asked.text,
                asked.language,
            ),
        )


class Asker:
    """Asks questions of chance about one log."""

    def __init__(self, log: MemoryLog, seed: int) -> None:
        self.dice = Random(f"questions {seed}")
        self._log = log
        self._keys: dict[str, list[str]] = {
            kind: sorted(
                {
                    line["data"][kind]
                    for line in log.lines
                    if isinstance(line["data"].get(kind), str)
                }
            )
            or ["nobody"]
            for kind in ("cohort", "organisation", "question")
        }
        self._sectors = sorted(
            line["data"]["sector"]
            for line in log.lines
            if line["type"] == "org.howcanwe.organisation.registered.v1"
        ) or ["none"]

    def question(self) -> Question:
        dice = self.dice
        viewer = self.viewer()
        return Question(
            viewer=viewer,
            scope=self.scope(viewer),
            asked=self.asked(viewer),
            as_of=dice.randrange(len(self._log.lines) + 1) if dice.random() < 0.25 else None,
            at_us=self.moment() if dice.random() < 0.6 else NOW_US,
        )

    def viewer(self) -> FigureViewer:
        dice = self.dice
        role = dice.choice((
            Role.FACILITATOR, Role.FACILITATOR, Role.FACILITATOR, Role.ORGANISATION,
            Role.ORGANISATION, Role.EVALUATOR, Role.EVALUATOR, Role.ANALYST, Role.PUBLIC, Role.ADMIN,
            Role.GUEST, Role.GUEST,
        ))  # fmt: skip
        if role is Role.ORGANISATION:
            return FigureViewer(role, organisation=dice.choice(self._keys["organisation"]))
        if role is Role.GUEST:
            organisation = dice.choice(self._keys["organisation"])
            return FigureViewer(role, self.some("cohort", 1), organisation)
        if role is Role.FACILITATOR and dice.random() < 0.4:
            return FigureViewer(role, cohorts=self.some("cohort", 2))
        if role is Role.EVALUATOR:
            return FigureViewer(role, cohorts=self.some("cohort", 2))
        return FigureViewer(role)

    def scope(self, viewer: FigureViewer) -> Scope:
        dice = self.dice
        if dice.random() < 0.3:
            return Scope()
        cohorts = self.some("cohort", 2) if dice.random() < 0.5 else frozenset()
        if viewer.cohorts and dice.random() < 0.7:
            cohorts = viewer.cohorts
        organisations: frozenset[str] = frozenset()
        if dice.random() < 0.2:
            organisations = self.some("organisation", 3)
        if viewer.organisation is not None and dice.random() < 0.6:
            organisations = frozenset([viewer.organisation])
        rarely = dice.random() < 0.15
        return Scope(
            cohorts=cohorts,
            organisations=organisations,
            sectors=frozenset([dice.choice(self._sectors)]) if rarely else frozenset(),
            themes=frozenset(dice.sample(THEMES, 2)) if dice.random() < 0.15 else frozenset(),
            from_us=self.moment() if dice.random() < 0.2 else None,
            to_us=self.moment() if dice.random() < 0.2 else None,
        )

    def asked(self, viewer: FigureViewer) -> FigureArguments:
        dice = self.dice
        organisation = viewer.organisation if dice.random() < 0.7 else None
        by_text = dice.random() < 0.5
        return FigureArguments(
            mode=dice.choice(list(Mode)).value if dice.random() < 0.7 else None,
            level=dice.choice(list(ParticipationLevel)).value if dice.random() < 0.2 else None,
            themes=tuple(dice.sample(THEMES, 2)) if dice.random() < 0.2 else (),
            organisation=organisation or dice.choice(self._keys["organisation"]),
            question=None if by_text else dice.choice(self._keys["question"]),
            text="How can we share the light with them?" if by_text else None,
            language=dice.choice((None, "en-GB", "DE", "eo")) if by_text else None,
        )

    def some(self, kind: str, most: int) -> frozenset[str]:
        keys = self._keys[kind]
        return frozenset(self.dice.choice(keys) for _ in range(self.dice.randrange(1, most + 1)))

    def moment(self) -> int:
        """A moment at, around or some days from one in the log."""
        if not self._log.lines:
            return NOW_US
        happened = moment_us(self.dice.choice(self._log.lines)["time"])
        days = self.dice.choice((0, 0, 14, 30, 60, self.dice.randrange(800)))
        return min(happened + days * DAY_US + self.dice.choice((-1, 0, 0, 1)), NOW_US)

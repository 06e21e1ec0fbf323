"""Stories written by hand, a few events long, and the value of one figure over them."""

from typing import Any

from events.access.principal import Role
from projections.insights.answers import FigureArguments, answers
from projections.insights.index.index import Index
from projections.insights.perspective.partiality import is_partial
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.scoped import ScopedPerspective
from projections.insights.perspective.viewer import FigureViewer
from tests.events.samples import (
    EventJson,
    at,
    concluded,
    formed,
    framed,
    joined,
    observed,
    planned,
    registered,
    started,
)
from tests.projections.insights.judging import MemoryLog
from tests.projections.insights.naive.history import moment_us
from tests.projections.insights.stories import NOW_US

FACILITATOR = FigureViewer(Role.FACILITATOR)
ANALYST = FigureViewer(Role.ANALYST)
EVERYWHERE = Scope()
LAST_DAY = 900.0


class Hand:
    """A log with the cohort heritage, in which mill and archive are from day 0, each with a question of its own.

    The library is registered, not in the cohort. Events are recorded by day; one that a rule refuses fails the test.
    """

    def __init__(self) -> None:
        self.log = MemoryLog(NOW_US)
        self.record(0, formed(), registered("mill"), registered("archive"), registered("library"))
        self.record(0, joined("mill"), joined("archive"))

    def ask_questions(self) -> None:
        """Let mill ask `question` and archive `other`, both in the cohort, on day 0."""
        self.record(
            0,
            framed(cohort="heritage"),
            framed("other", "archive", cohort="heritage", text="How can we cat?"),
        )

    def record(self, day: float, *events: EventJson) -> int:
        """Record the events of a day; return the last one's position."""
        position: int | None = None
        for event in events:
            number = len(self.log.lines) + 1
            whole = {"id": str(number), "source": "urn:hand", "time": at(24 * day), **event}
            position = self.log.record(whole)
            assert position is not None, event
        assert position is not None
        return position

    def tries(
        self, key: str, begin: float, end: float | None = None, who: str = "mill", **more: Any
    ) -> None:
        """Let an iteration be planned and started on one day, and concluded on another.

        `plan` are fields of the plan; others are of the conclusion. What is supported or refuted was observed.
        """
        question = "question" if who == "mill" else "other"
        plan = {"question": question, "cohort": "heritage", **more.pop("plan", {})}
        self.record(begin, planned(key, who, **plan), started(key))
        if end is not None:
            if more.get("result") in ("supported", "refuted"):
                self.record(end, observed(key))
            self.record(end, concluded(key, **more))

    def figure(
        self,
        name: str,
        day: float = LAST_DAY,
        *,
        viewer: FigureViewer = FACILITATOR,
        scope: Scope = EVERYWHERE,
        as_of: int | None = None,
        **asked: Any,
    ) -> Any:
        """Return what the figure is on that day."""
        return answers(self.view(day, viewer, scope, as_of), FigureArguments(**asked), {name})[name]

    def figures(
        self, *, viewer: FigureViewer, scope: Scope = EVERYWHERE, **asked: Any
    ) -> dict[str, Any]:
        """Return all figures on the last day."""
        return answers(
            self.view(LAST_DAY, viewer, scope), FigureArguments(mode="give_time", **asked)
        )

    def is_partial(
        self,
        day: float = LAST_DAY,
        *,
        viewer: FigureViewer,
        scope: Scope = EVERYWHERE,
        as_of: int | None = None,
    ) -> bool:
        """Return whether anything in scope is hidden from the viewer."""
        return is_partial(self.view(day, viewer, scope, as_of))

    def view(
        self, day: float, viewer: FigureViewer, scope: Scope, as_of: int | None = None
    ) -> ScopedPerspective:
        """Return what the viewer asks about."""
        index = Index()
        for event in self.log.events():
            index.take(event)
        return ScopedPerspective(
            Perspective(index, viewer, at_us=moment_us(at(24 * day)), as_of=as_of), scope
        )

    def value(self, name: str, day: float = LAST_DAY, **more: Any) -> Any:
        """Return what the figure is on that day, without its items."""
        found = self.figure(name, day, **more)
        return {key: value for key, value in found.items() if key != "items"}

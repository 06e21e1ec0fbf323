"""Questions, iterations and learnings for the tests of lists."""

from typing import Any

import pytest

from events.log import EventLog
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.lists.lists import Lists


@pytest.fixture
async def lists(asker: Asker, log: EventLog, make_event: MakeEvent) -> Lists:
    """Two questions of the mill, one of them private; an iteration for each; learnings, one of which was taken up."""
    mill = {"organisation": "mill", "cohort": "valley"}

    def planned(key: str, question: str) -> dict[str, Any]:
        plan = {"title": key, "hypothesis": "It helps.", "action": "Try it.", "question": question}
        return make_event("iteration.planned", "2025-03-02", iteration=key, **mill, **plan)

    def learned(key: str, source: str) -> dict[str, Any]:
        common = {"statement": key, "loop": "single", "evidence_level": 1, "from": [source]}
        return make_event("learning.captured", "2025-03-03", learning=key, **mill, **common)

    def framed(key: str, level: str | None = None) -> dict[str, Any]:
        text = "How can we share?"
        return make_event("question.framed", "2025-03-01", level, question=key, text=text, **mill)

    concluded = {"result": "invalid", "decision": "retire", "evidence_level": 1, "summary": "No."}
    await log.append(
        [
            framed("open"),
            framed("secret", "private"),
            planned("early", "open"),
            planned("late", "open"),
            planned("hidden", "secret"),
            *(
                make_event("iteration.started", "2025-03-03", iteration=key)
                for key in ("late", "early")
            ),
            make_event("iteration.concluded", "2025-03-09", iteration="late", **concluded),
            make_event("iteration.concluded", "2025-03-05", iteration="early", **concluded),
            learned("taken", "iteration/early"),
            learned("alone", "question/open"),
            learned("favoured", "iteration/late"),
            make_event("learning.adopted", "2025-03-10", learning="favoured", organisation="farm"),
            make_event("learning.adopted", "2025-03-10", learning="favoured", organisation="farm"),
            make_event(
                "learning.adopted", "2025-03-10", "private", learning="taken", organisation="farm"
            ),
            make_event(
                "learning.revised", "2025-03-11", learning="alone", statement="x", reason="y"
            ),
        ]
    )
    return Lists(asker)

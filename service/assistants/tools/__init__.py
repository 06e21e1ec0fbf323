"""The tools, in the order in which they are listed."""

from typing import Final

from service.assistants.tool import Tool
from service.assistants.tools.cohorts import COHORTS
from service.assistants.tools.event_types import EVENT_TYPES
from service.assistants.tools.figures import FIGURES
from service.assistants.tools.journey import JOURNEY
from service.assistants.tools.recording import RECORD, VALIDATE
from service.assistants.tools.search import SEARCH

TOOLS: Final[tuple[Tool, ...]] = (
    COHORTS,
    SEARCH,
    JOURNEY,
    FIGURES,
    EVENT_TYPES,
    VALIDATE,
    RECORD,
)

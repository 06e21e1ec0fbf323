"""A mapping for a form about trials, as each tool sends it, and samples of what these send."""

from pathlib import Path
from typing import Any, Final

import orjson

from service.hooks.tool import Tool
from service.submissions.mapping import Mapping
from service.submissions.mapping_file import mapping_of

DATA: Final = Path(__file__).parent / "data"

TRIALS: Final = """
name = "trials"
tool = "TOOL"
organisation = "mill"
cohort = "heritage"

[terms.result]
"It worked" = "supported"
"It failed" = "refuted"
"We do not know" = ""

[[events]]
type = "iteration.planned"
time = { answer = "When?" }
[events.data]
question = "question"
title = { answer = "What did you try?" }
hypothesis = "It helps people who look for labels"
action = { answer = "What did you do?" }
themes = { answer = "Themes" }

[[events]]
type = "iteration.started"
time = { answer = "When?" }
data = { iteration = { created_by = "iteration.planned" } }

[[events]]
type = "observation.recorded"
[events.data]
iteration = { created_by = "iteration.planned" }
text = { answer = "What did you see?" }
evidence_kind = "Action in a test"

[[events]]
type = "participation.recorded"
when = { answer = "How many people took part?" }
[events.data]
iteration = { created_by = "iteration.planned" }
people = { answer = "How many people took part?" }
level = "consult"

[[events]]
type = "iteration.concluded"
when = { answer = "Did it work?", is = ["It worked", "It failed"] }
[events.data]
iteration = { created_by = "iteration.planned" }
result = { answer = "Did it work?", terms = "result" }
decision = "persevere"
evidence_level = 2
summary = { answer = "What did you see?" }

[[events]]
type = "learning.captured"
when = { answer = "What did you learn?" }
visibility = "Private"
[events.data]
statement = { answer = "What did you learn?" }
loop = "single"
evidence_level = 2
from = { created_by = "iteration.planned" }
"""

_MICROSOFTS: Final = (
    *("What did you try?", "What did you do?", "When?", "Did it work?", "What did you see?"),
    *("How many people took part?", "Themes", "What did you learn?"),
)
_PLACES: Final = """
[submission]
id = "entry.number"
time = "entry.sent"
answers = "entry.fields"
"""


def text_for(tool: Tool, text: str = TRIALS, /, **changed: str) -> str:
    """Return the mapping for a tool; `changed` replaces the values of members at the top."""
    for name, value in changed.items():
        lines = [
            f'{name} = "{value}"' if one.startswith(f"{name} = ") else one
            for one in text.splitlines()
        ]
        text = "\n".join(lines)
    if tool is Tool.MICROSOFT_FORMS:
        for number, question in enumerate(_MICROSOFTS, 1):
            text = text.replace(f'"{question}"', f'"r{number}f0e2d3c4b5a69788796a5b4c3d2e1f0"')
    if tool is Tool.JSON:
        text = text.replace("[terms.result]", f"{_PLACES}\n[terms.result]")
    return text.replace("TOOL", tool)


def mapping_for(tool: Tool) -> Mapping:
    """Return the mapping for a tool."""
    return mapping_of(text_for(tool))


def sample_of(tool: Tool) -> Any:
    """Return what a tool sends for one submission."""
    return orjson.loads((DATA / f"{tool}.json").read_bytes())

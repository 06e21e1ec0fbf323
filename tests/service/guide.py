"""The guide for frontends as its tests read it."""

import re
from pathlib import Path
from typing import Final

GUIDE: Final = Path(__file__).parents[2] / "docs" / "how-to" / "frontend.md"
PREAMBLE: Final = """import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const [url, key] = process.argv.slice(2);
const show = (received) => console.log(JSON.stringify(received));
"""
"""What the guide says that its snippets have."""


def blocks(language: str, section: str) -> list[str]:
    """Return the blocks of code under a heading, up to the next one."""
    text = re.split(rf"^#+ {section}$", GUIDE.read_text(), flags=re.MULTILINE)[1]
    text = re.split(r"^#+ ", text, flags=re.MULTILINE)[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)

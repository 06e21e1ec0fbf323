"""The guide for frontends as its tests read it."""

from typing import Final

from tests.docs.page import FOLDER, Page

GUIDE: Final = FOLDER / "how-to" / "frontend.md"
PREAMBLE: Final = """import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const [url, key] = process.argv.slice(2);
const show = (received) => console.log(JSON.stringify(received));
"""
"""What the guide says that its snippets have."""

blocks = Page(GUIDE).blocks
"""Returns the blocks of code in a language under a heading, up to the next one."""

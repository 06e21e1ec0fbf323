"""The script that the documentation has for Google Forms sends what a hook takes."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

import orjson
import pytest

from service.hooks.tool import Tool
from tests.docs.page import FOLDER, Page
from tests.events.samples import framed
from tests.service.app import Api
from tests.service.submissions.hooked import hooked
from tests.service.submissions.mappings import sample_of

NODE: Final = shutil.which("node")
GOOGLES: Final = """
const sample = SAMPLE;
const PropertiesService = {
  getScriptProperties: () => ({ getProperty: (name) => (name === "SECRET" ? "hcwh_x" : null) }),
};
const UrlFetchApp = { fetch: (address, options) => console.log(JSON.stringify({ address, options })) };
const items = Object.entries(sample.answers).map(([title, answer]) => ({
  getItem: () => ({ getTitle: () => title }),
  getResponse: () => answer,
}));
const response = {
  getItemResponses: () => items,
  getId: () => sample.id,
  getTimestamp: () => new Date(sample.time),
};
"""
"""What Google's Apps Script has for the script, and an answered form."""


@pytest.mark.skipif(NODE is None, reason="needs node")
async def test_the_script_for_google_forms_sends_what_a_hook_takes(
    story: Api, tmp_path: Path
) -> None:
    assert NODE is not None
    sample = sample_of(Tool.GOOGLE_FORMS)
    [script] = Page(FOLDER / "how-to" / "hooks.md").blocks("js", "Google Forms")
    program = tmp_path / "program.js"
    begin = GOOGLES.replace("SAMPLE", json.dumps(sample))
    program.write_text(f"{begin}{script}\nsend({{ response }});\n")
    done = subprocess.run([NODE, program], capture_output=True, check=True, timeout=60)
    sent = orjson.loads(done.stdout)
    assert sent["address"].endswith("/hooks/trial-notes")
    options = sent["options"]
    assert (options["method"], options["contentType"]) == ("post", "application/json")
    assert options["headers"] == {"Authorization": "Bearer hcwh_x"}
    assert orjson.loads(options["payload"]) == sample
    await story.record([framed("question", cohort="heritage")])
    hook = await hooked(story)
    response = await hook.sent(options["payload"].encode(), hook.headers(b""))
    assert response.status_code == 201, response.text

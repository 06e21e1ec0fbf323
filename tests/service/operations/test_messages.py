"""The service's own messages: an error is reported by its kind and place, never by its text or what was around it."""

import subprocess
import sys

import pytest

FAILING = """
import logging, structlog
from service.operations.messages import set_up

set_up({form!r})

def breaks(sent):
    try:
        int(sent)
    except ValueError as error:
        raise RuntimeError(f"cannot take {{sent}}") from error

for log in (structlog.get_logger("service"), logging.getLogger("uvicorn.error")):
    try:
        breaks("Ada Lovelace")
    except RuntimeError as error:
        log.error("broken", exc_info=error)
        log.exception("broken again")
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_error_is_logged_by_kind_and_place_without_its_text(form: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FAILING.format(form=form)], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    lines = ran.stderr.splitlines()
    assert len(lines) == 4
    for line in lines:
        assert "broken" in line
        assert "RuntimeError" in line
        assert "after ValueError" in line
        assert ":11 breaks" in line
        assert "Ada" not in line


WARNING = """
import logging
from service.operations.messages import set_up

set_up("text")
log = logging.getLogger("mcp.server.runner")
log.warning("dropped 'Ada Lovelace': malformed params")
log.error("failed")
"""


def test_what_the_sdk_for_assistants_says_of_each_malformed_message_is_not_logged() -> None:
    ran = subprocess.run([sys.executable, "-c", WARNING], capture_output=True, text=True)
    [line] = ran.stderr.splitlines()
    assert "failed" in line

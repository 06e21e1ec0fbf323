"""The collection for Bruno has every call once, with its example, and ids in the place that gives and needs them."""

import re

from service.http.openapi.bruno import collection
from tests.service.http.openapi.described import calls, document


def requests() -> dict[str, str]:
    """Return the text of each request by its name, in the order of the files."""
    files = collection(document())
    return {
        path.rpartition("/")[2].removesuffix(".bru"): text
        for path, text in files.items()
        if "  type: http\n" in text
    }


def test_every_call_is_a_request_in_the_folder_of_its_tag() -> None:
    files = collection(document())
    for call in calls():
        tag, name = call.described["tags"][0], call.described["operationId"]
        text = files[f"{tag}/{name}.bru"]
        path = call.path.replace("{", ":").replace("}", "")
        [url] = re.findall(r"^  url: \{\{address\}\}([^?\n]*)", text, re.MULTILINE)
        assert (url, f"\n{call.method.lower()} {{\n" in text) == (path, True)
    assert len(requests()) == len(calls())


def test_who_needs_no_key_sends_none() -> None:
    open_to_all = {name for name, text in requests().items() if "  auth: none\n" in text}
    assert open_to_all == {
        call.described["operationId"] for call in calls() if not call.described["security"]
    }


def test_an_id_is_kept_before_it_is_needed() -> None:
    kept: set[str] = set()
    for name, text in requests().items():
        needed = set(re.findall(r"\{\{(\w+)\}\}", text)) - {"address", "hook"}
        assert needed <= kept, name
        kept |= set(re.findall(r"^  bru\.setVar\(\"(\w+)\"", text, re.MULTILINE))
    assert {"createKeyId", "createWebhookId", "listQuarantineId"} <= kept


def test_what_a_call_need_not_have_is_there_and_not_sent() -> None:
    recording = requests()["recordEvents"]
    assert '  ~If-Match: "organisation/open-doors:0"\n' in recording
    assert not re.search(r"^  ce-", recording, re.MULTILINE)
    assert "  after: 38\n" in requests()["readEvents"]
    assert "  ~source: \n" in requests()["readEvents"]


def test_a_secret_is_not_in_the_collection() -> None:
    files = collection(document())
    assert "vars:secret [\n  key,\n  hook\n]\n" in files["environments/local.bru"]
    assert "  token: {{hook}}\n" in files["hooks/submitToHook.bru"]
    assert "hcw_" not in "".join(text for path, text in files.items() if "environments" in path)

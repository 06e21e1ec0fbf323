"""`howcanwe hooks` as operators call it."""

from pathlib import Path

import orjson
import pytest

from service.hooks.tool import Tool
from tests.events.samples import begun, framed
from tests.processes import run, stderr_of
from tests.service.app import complete
from tests.service.submissions.mappings import DATA, text_for


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """A file with a mapping for trials."""
    return written(tmp_path, text_for(Tool.TALLY))


def written(folder: Path, text: str) -> Path:
    path = folder / "trials.toml"
    path.write_text(text)
    return path


def test_a_hook_is_added_listed_replaced_rotated_and_removed(
    place: list[str], mapping: Path, tmp_path: Path
) -> None:
    done = run("hooks", "add", mapping, *place)
    assert (done.returncode, stderr_of(done)) == (
        0,
        "howcanwe: there is no organisation mill yet\n",
    )
    added = orjson.loads(done.stdout)
    assert (added["name"], added["path"]) == ("trials", "/hooks/trials")
    assert added["secret"].startswith("hcwh_")
    listed = orjson.loads(run("hooks", "list", *place).stdout)
    assert (listed["tool"], listed["mapping"]) == ("tally", mapping.read_text())
    assert (listed["last_recorded"], listed["events"]) == (None, 0)
    assert added["secret"] not in str(listed)
    keys = [orjson.loads(line) for line in run("keys", "list", *place).stdout.splitlines()]
    [key] = [one for one in keys if one["id"] == listed["key"]]
    assert key["organisation"] == "mill" and "iteration.planned" in key["types"]
    again = run("hooks", "add", mapping, *place)
    assert again.returncode == 1 and "howcanwe hooks replace" in stderr_of(again)
    changed = written(
        tmp_path, mapping.read_text().replace("evidence_level = 2", "evidence_level = 3")
    )
    assert run("hooks", "replace", changed, *place).returncode == 0
    assert b"evidence_level = 3" in run("hooks", "list", *place).stdout
    secret = run("hooks", "rotate", "trials", *place).stdout.decode().strip()
    assert secret.startswith("hcwh_") and secret != added["secret"]
    # Another master key reads neither this secret nor the next.
    assert run("person", "rewrap", *place).returncode == 0
    assert orjson.loads(run("hooks", "list", *place).stdout)["name"] == "trials"
    assert run("hooks", "remove", "trials", *place).returncode == 0
    assert run("hooks", "list", *place).stdout == b""


def test_a_hook_is_tried_by_the_present_record(place: list[str], tmp_path: Path) -> None:
    run("hooks", "add", written(tmp_path, text_for(Tool.TALLY)), *place)
    sample = DATA / "tally.json"
    refused = run("hooks", "try", "trials", sample, *place)
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert "event 1: subject.unknown at /data/organisation: " in stderr_of(refused)
    events = [*begun(), framed("question", cohort="heritage")]
    lines = b"".join(orjson.dumps(complete(event)) + b"\n" for event in events)
    assert run("record", "-", *place, stdin=lines).returncode == 0
    for _ in range(2):
        tried = run("hooks", "try", "trials", sample, *place)
        assert (tried.returncode, stderr_of(tried)) == (0, "")
        would = [orjson.loads(line) for line in tried.stdout.splitlines()]
        assert [one["would"] for one in would] == ["recorded"] * 6
        assert would[0]["id"] == "2wgx4n/iteration.planned"
    unreadable = tmp_path / "sample.json"
    unreadable.write_bytes(b"{}")
    done = run("hooks", "try", "trials", unreadable, *place)
    assert done.returncode == 1 and "hook.submission at /eventType" in stderr_of(done)
    missing = run("hooks", "try", "nothing", sample, *place)
    assert stderr_of(missing) == "howcanwe: there is no hook nothing\n"


@pytest.mark.parametrize("command", ["rotate", "remove"])
def test_a_hook_that_is_not_there_is_one_sentence(place: list[str], command: str) -> None:
    done = run("hooks", command, "nothing", *place)
    assert (done.returncode, done.stdout) == (1, b"")
    assert stderr_of(done) == "howcanwe: there is no hook nothing\n"


def test_a_mapping_is_checked_without_a_database(mapping: Path) -> None:
    done = run("hooks", "check", mapping)
    assert (done.returncode, done.stdout) == (0, b"")
    assert "urn:howcanwe:hook:trials" in stderr_of(done) and "learning.captured" in stderr_of(done)


def test_all_faults_of_a_mapping_are_told_at_once(tmp_path: Path) -> None:
    text = text_for(Tool.TALLY, organisation="the mill", tool="tellie")
    text = text.replace('decision = "persevere"', 'decision = "maybe"')
    for arguments in (["check"], ["add", "--data", str(tmp_path / "none")]):
        done = run("hooks", arguments[0], written(tmp_path, text), *arguments[1:])
        assert (done.returncode, done.stdout) == (1, b"")
        printed = stderr_of(done).splitlines()
        assert len(printed) == 3
        for word, line in zip(
            ("tool: ", "organisation: ", "data.decision: "), printed, strict=True
        ):
            assert line.startswith("howcanwe: trials.toml: ") and word in line
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("tool", Tool)
def test_a_sample_shows_what_would_be_recorded(tmp_path: Path, tool: Tool) -> None:
    file = written(tmp_path, text_for(tool))
    done = run("hooks", "check", file, "--sample", DATA / f"{tool}.json")
    assert (done.returncode, stderr_of(done)) == (0, "")
    events = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [event["type"].split(".", 2)[2] for event in events] == [
        *("iteration.planned.v1", "iteration.started.v1", "observation.recorded.v1"),
        *("participation.recorded.v1", "iteration.concluded.v1", "learning.captured.v1"),
    ]


def test_faults_of_a_sample_are_told_with_what_it_lacks(tmp_path: Path) -> None:
    file = written(tmp_path, text_for(Tool.GOOGLE_FORMS))
    sample = orjson.loads((DATA / "google-forms.json").read_bytes())
    sample["answers"]["What did you attempt?"] = sample["answers"].pop("What did you try?")
    sample["answers"] |= {"How many people took part?": "many", "What did you learn?": ""}
    path = tmp_path / "sample.json"
    path.write_bytes(orjson.dumps(sample))
    done = run("hooks", "check", file, "--sample", path)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 5
    printed = stderr_of(done)
    assert "the sample has no answer to 'What did you try?'" in printed
    assert "'What did you attempt?'" in printed
    assert (
        "not recorded, since its condition does not hold: " in printed
        and "learning.captured" in printed
    )
    assert "iteration.planned: field at /data/title: This field is required." in printed
    assert "field at /data/people: Expected a number" in printed


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "Expected a JSON object"),
        (b"{}", "hook.submission at /eventType"),
    ],
    ids=["no JSON", "no object", "nothing"],
)
def test_what_is_no_sample_is_told(
    tmp_path: Path, mapping: Path, content: bytes, word: str
) -> None:
    path = tmp_path / "sample.json"
    path.write_bytes(content)
    done = run("hooks", "check", mapping, "--sample", path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert word in stderr_of(done)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_bytes(b"\xff")
    done = run("hooks", "check", path)
    assert done.returncode == 1 and "is not UTF-8 text" in stderr_of(done)


def test_what_depends_on_an_event_that_may_be_left_out_is_told(tmp_path: Path) -> None:
    events = """
[[events]]
type = "help.asked"
when = { answer = "Help?" }
data.text = { answer = "Help?" }

[[events]]
type = "note.added"
data = { about = { created_by = "help.asked" }, text = { answer = "Note" } }
"""
    mapping = f'name = "notes"\ntool = "json"\norganisation = "mill"\n{events}'
    done = run("hooks", "check", written(tmp_path, mapping))
    assert done.returncode == 0
    assert "event 2 (note.added), data.about: event 1 (help.asked) is recorded only" in stderr_of(
        done
    )
    assert "the submission is refused" in stderr_of(done)
    same = mapping.replace('"note.added"', '"note.added"\nwhen = { answer = "Help?" }')
    done = run("hooks", "check", written(tmp_path, same))
    assert (done.returncode, "under a condition" in stderr_of(done)) == (0, False)

"""The frontends' guide, as it is written: its commands, queries and programs do what it says."""

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from events.access.principal import Role
from projections.updating.runner import Runner
from service.event_files import batches
from service.samples import demo
from tests.docs.page import matches
from tests.service.frontends.guide import GUIDE, PREAMBLE, blocks
from tests.service.packages import INSTALL_SECONDS_MAX, installed
from tests.service.serving import Served, serving

ROOT: Final = Path(__file__).parents[3]
PACKAGES: Final = (
    *("@graphql-codegen/cli@5", "@graphql-codegen/client-preset@4"),
    *("@graphql-codegen/fragment-matcher@5", "typescript@5"),
    *("@apollo/client@4", "rxjs@7", "graphql@16"),
    *("@urql/core@6", "@urql/exchange-graphcache@9", "graphql-ws@6", "ws@8"),
)
IN_TIME_SECONDS: Final = 30
BESIDE: Final = """{ nodes(ids: ["cXVlc3Rpb24vbWlsbC1sYWJlbHM"]) { id ... on Subject { key } }
  organisation(key: "mill-museum") { id timeline(first: 1) { nodes { id ... on TimelineEntry { time } } } }
  viewer { role } insights { funnel { questions } } }"""
AGAIN: Final = """{ organisation(key: "mill-museum") { id timeline(first: 1) { totalCount } }
  viewer { mayRecord } insights { reach { n } } search(text: "labels", first: 1) { nodes { subject { id } } } }"""
ASKED_TWICE: Final = """
const complaints = [];
for (const level of ['warn', 'error']) console[level] = (...parts) => complaints.push(parts.join(' '));
const found = {};
for (const from of ['network-only', 'cache-only']) {
  found[from] = [];
  for (const query of QUERIES) found[from].push(await look(query, from));
}
const plain = (value) => JSON.parse(JSON.stringify(value, (name, one) => (name === '__typename' ? undefined : one)));
show({ asked: plain(found['network-only']), kept: plain(found['cache-only']), complaints });
process.exit(0);
"""
POSITIONS: Final = """
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
const text = '{ cohorts { totalCount } }';
const position = 10_000;
const headers = { 'Min-Position': position };
const codes = {};
const apollo = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url }) });
await apollo.query({ query: gql(text), fetchPolicy: 'network-only', context: { headers } }).catch((error) => {
  codes['Apollo Client'] = error.errors[0].extensions.code;
});
const urql = new Client({ url, preferGetMethod: false, exchanges: [fetchExchange] });
const { error } = await urql.query(text, {}, { requestPolicy: 'network-only', fetchOptions: { headers } }).toPromise();
codes.urql = error.graphQLErrors[0].extensions.code;
const socket = createClient({ url: url.replace('http', 'ws') });
const asked = socket.iterate({ query: text, extensions: { min_position: position } });
await asked.next().then(
  ({ value }) => { codes['graphql-ws'] = value.errors[0].extensions.code; },
  (errors) => { codes['graphql-ws'] = errors[0].extensions.code; },
);
show(codes);
process.exit(0);
"""
LOOKS: Final = {
    "Apollo's cache": """const { gql } = await import('@apollo/client');
const look = (text, fetchPolicy) => client.query({ query: gql(text), fetchPolicy }).then(({ data }) => data);""",
    "urql's graphcache": """const look = (text, requestPolicy) =>
  client.query(text, {}, { requestPolicy }).toPromise().then(({ data, error }) => data ?? String(error));""",
}


@pytest.fixture
def work() -> Iterator[Path]:
    """A frontend's folder, beside the packages that it imports."""
    folder = Path(tempfile.mkdtemp(prefix="guide-", dir=installed("guide", *PACKAGES)))
    try:
        (folder / "src").mkdir()
        (folder / "schema.graphql").write_bytes((ROOT / "schema.graphql").read_bytes())
        yield folder
    finally:
        shutil.rmtree(folder)


def run(folder: Path, *command: str) -> str:
    """Run a command in the folder; return what it prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALL_SECONDS_MAX,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def generate(folder: Path) -> None:
    """Write what the guide's frontend has, have its types generated, and compile it."""
    config, page = blocks("ts", "Generate types")
    (folder / "codegen.ts").write_text(config)
    (folder / "src" / "page.ts").write_text(page)
    programs = folder.parent / "node_modules" / ".bin"
    run(folder, str(programs / "graphql-codegen"), "--config", "codegen.ts")
    options = "--strict --skipLibCheck --target es2022 --module commonjs --outDir out"
    run(folder, str(programs / "tsc"), *options.split(), "src/page.ts")


async def shown(folder: Path, program: str, served: Served, key: str = "facilitator") -> Any:
    """Run a program in the folder; return what it shows."""
    (folder / "program.mjs").write_text(PREAMBLE + program)
    address = f"http://127.0.0.1:{served.port}/graphql"
    key = served.api.keys.get(key, key)
    async with asyncio.timeout(IN_TIME_SECONDS):
        text = await asyncio.to_thread(run, folder, "node", "program.mjs", address, key)
    return orjson.loads(text)


async def demonstrate(served: Served) -> None:
    """Record the sample cohort, and wait until the read models have it."""
    lines = [orjson.loads(line) for line in demo.lines()]
    for batch in batches(lines, 100):
        await served.api.service.log.append(batch)
    assert await served.api.service.served.wait_for(len(lines), IN_TIME_SECONDS)


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """The sample cohort, served. It waits a short time only for a position."""
    async with serving(database_url, min_position_seconds=0.2, retry_after_seconds=1) as served:
        await demonstrate(served)
        yield served


async def test_queries_are_answered_as_printed(served: Served) -> None:
    text = re.split("^## Live and resume$", GUIDE.read_text(), flags=re.MULTILINE)[0]
    pairs = re.findall(
        "^```graphql\n(.*?)^```\n+```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    assert len(pairs) == len(re.findall("^```graphql$", text, re.MULTILINE)) == 4
    for query, answer in pairs:
        sent = orjson.dumps({"query": query})
        response = await served.api.send(sent, "application/json", to="/graphql")
        given = response.json()
        assert given.pop("extensions")["cost"].keys() == {"requested", "max"}
        assert matches(orjson.loads(answer), given), response.text


@pytest.mark.parametrize(
    ("section", "printed"),
    [("Read the schema", ""), ("What a query costs", "# one statement: organisations")],
)
def test_commands_do_what_the_page_says(tmp_path: Path, section: str, printed: str) -> None:
    [command] = blocks("sh", section)
    own = f"{sys.executable} -m service.cli"
    called = command.replace(".venv/bin/howcanwe", f"env PYTHONPATH={ROOT} {own}")
    assert called != command
    assert printed in run(tmp_path, "bash", "-euc", called)
    if not printed:
        assert (tmp_path / "schema.graphql").read_text() == (ROOT / "schema.graphql").read_text()


async def test_what_was_posted_is_in_the_next_answer(
    served: Served, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []
    wait_for = Runner.wait_for

    async def noticed(runner: Runner, position: int, seconds: float) -> bool:
        waited.append(position)
        return await wait_for(runner, position, seconds)

    monkeypatch.setattr(Runner, "wait_for", noticed)
    [program] = blocks("js", "Record, then read what you recorded")
    assert await shown(work, program, served) == [{"text": "Nobody left early."}]
    # A read model may have it in time by chance; that it was waited for is no chance.
    assert waited == [await served.api.head()] == [len(demo.lines()) + 1]


async def test_each_client_sends_a_position_as_the_guide_says(served: Served, work: Path) -> None:
    text = GUIDE.read_text()
    for way in (
        "`context: { headers }`",
        "`fetchOptions: { headers }`",
        "`extensions: { min_position: position }`",
    ):
        assert way in text
    codes = await shown(work, POSITIONS, served)
    assert codes == dict.fromkeys(("Apollo Client", "urql", "graphql-ws"), "position.not_reached")


async def test_apollo_gives_errors_as_the_guide_says(served: Served, work: Path) -> None:
    patient, program = blocks("js", "Handle errors")
    assert await shown(work, patient + program, served) == {
        "data": {
            "cohorts": {"__typename": "CohortConnection", "totalCount": 1},
            "organisation": None,
        },
        "codes": ["cursor.malformed"],
    }
    refused = await shown(work, patient + program, served, "no-key")
    problem = (await served.api.get("/graphql", "no-key")).json()
    assert refused == {"status": 401, "title": problem["title"]}


async def test_a_patient_client_tries_again(served: Served, work: Path) -> None:
    patient, _ = blocks("js", "Handle errors")
    position = len(demo.lines()) + 1
    sent = f"""
const headers = {{ Authorization: `Bearer ${{key}}`, 'Content-Type': 'application/json', 'Min-Position': {position} }};
const statuses = [];
const plain = fetch;
globalThis.fetch = async (...request) => {{
  const response = await plain(...request);
  statuses.push(response.status);
  if (statuses.length === 1) await plain(new URL('/events', url), {{ method: 'POST', body: JSON.stringify({{
    specversion: '1.0', id: 'late', source: 'urn:late', type: 'org.howcanwe.note.added.v1',
    time: '2026-01-01T00:00:00Z',    data: {{ about: 'organisation/mill-museum', text: 'Late.' }} }}), headers }});
  return response;
}};
const response = await patient(url, {{ method: 'POST', headers, body: '{{"query": "{{ __typename }}"}}' }});
show([...statuses, response.status]);"""
    assert await shown(work, patient + sent, served) == [503, 200, 200]


async def test_types_caches_and_trusted_documents_come_of_one_generator(
    served: Served, work: Path, database_url: str
) -> None:
    await asyncio.to_thread(generate, work)
    [without_id] = blocks("js", "Ids and caches")
    await shown(work, without_id + "show(0);", served)
    for section, look in LOOKS.items():
        [cache] = blocks("js", section)
        queries = f"const QUERIES = {orjson.dumps([BESIDE, AGAIN]).decode()};\n"
        found = await shown(work, cache + look + queries + ASKED_TWICE, served)
        assert found["complaints"] == [], section
        assert found["kept"] == found["asked"], section
        assert found["asked"][0]["nodes"][0]["key"] == "mill-labels"
        assert found["asked"][1]["insights"]["reach"]["n"] > 0
    [program] = blocks("js", "Trusted documents")
    path = work / "src" / "gql" / "persisted-documents.json"
    assert f"--trusted-documents {path.relative_to(work)}" in GUIDE.read_text()
    async with serving(database_url, trusted_documents=path) as trusting:
        key = await trusting.api.key(Role.ANALYST)
        found = await shown(
            work, f"import {{ Page }} from './out/page.js';\n{program}", trusting, key
        )
        assert found == "Brackwater Mill Museum"
        [(hash_, text)] = orjson.loads(path.read_bytes()).items()
        assert "__typename" in text, "a cache knows nothing by its id without it"
        by_id = orjson.dumps({"documentId": hash_, "variables": {"key": "mill-museum"}})
        response = await trusting.api.send(by_id, "application/json", key, "/graphql")
        assert response.json()["data"]["organisation"]["name"] == found
        response = await trusting.api.send(
            b'{"query": "{ __typename }"}', "application/json", key, "/graphql"
        )
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "document.not_trusted"

"""GraphiQL for browsers: the page, its files, nothing from elsewhere."""

import re
import tarfile
from base64 import b64encode
from hashlib import sha256, sha384
from io import BytesIO
from pathlib import Path

import pytest

from service.errors import NoGraphiQL
from service.graphql.transport import graphiql
from tests.service.app import Api, faults_in, problem

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def installed() -> None:
    """GraphiQL's files, as scripts/install fetches them."""
    try:
        graphiql.fetch()
    except NoGraphiQL as missing:
        pytest.skip(str(missing))


async def test_f06_a_browser_gets_graphiql_with_files_of_ours(api: Api, installed: None) -> None:
    page = await api.get("/graphql", None, accept=BROWSER)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in page.headers["vary"]
    named = re.findall(r'(?:src|href)="([^"]+)"\s+integrity="sha384-([^"]+)"', page.text)
    assert len(named) == len(graphiql.assets()) == 7
    assert len(re.findall(r'<script|rel="stylesheet"', page.text)) == len(named) + 1
    for address, hash_ in named:
        asset = await api.get(f"/{address}", None)
        assert asset.status_code == 200, address
        assert b64encode(sha384(asset.content).digest()).decode() == hash_
        assert asset.headers["content-type"].startswith(("text/javascript", "text/css"))
    assert set(re.findall(r"https?://[^\"'\s%]+", page.text)) == {"http://www.w3.org/2000/svg"}
    assert "shouldPersistHeaders: false" in page.text


async def test_the_page_may_run_its_own_scripts_and_ask_nobody_else(
    api: Api, installed: None
) -> None:
    page = await api.get("/graphql", None, accept=BROWSER)
    policy = page.headers["content-security-policy"].split("; ")
    directives = dict(part.split(" ", 1) for part in policy)
    [inline] = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    hash_ = b64encode(sha256(inline.encode()).digest()).decode()
    assert directives["default-src"] == "'none'"
    assert directives["script-src"].split() == ["'self'", f"'sha256-{hash_}'"]
    assert directives["connect-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, */*"])
async def test_a_program_that_asks_for_nothing_gets_no_page(api: Api, accept: str) -> None:
    response = await api.get("/graphql", None, accept=accept)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "request.malformed"
    by_hash = await api.get('/graphql?extensions={"persistedQuery":{"sha256Hash":"0"}}', None)
    assert by_hash.json()["errors"][0]["message"] == "PersistedQueryNotSupported"


async def test_without_its_files_the_page_names_the_command_that_fetches_them(
    api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(graphiql, "FOLDER", tmp_path)
    page = await api.get("/graphql", None, accept=BROWSER)
    assert faults_in(problem(page, 404)) == [(None, "graphiql", "")]
    assert "howcanwe graphiql" in page.json()["detail"]
    for name in graphiql.assets():
        assert (await api.get(f"/graphql/{name}", None)).status_code == 404
    assert (await api.get("/graphql/..%2f..%2fpyvenv.cfg", None)).status_code == 404


def test_nothing_is_kept_that_has_not_the_hash_of_the_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder, programs, packed = tmp_path / "kept", tmp_path / "bin", tmp_path / "packed.tgz"
    programs.mkdir()
    with tarfile.open(packed, "w:gz") as archive:
        for asset in graphiql.assets().values():
            file = tarfile.TarInfo(f"package/{asset.path}")
            file.size = 9
            archive.addfile(file, BytesIO(b"alert(1);"))
    npm = programs / "npm"
    npm.write_text(
        f'#!/bin/sh\nwhile [ "$1" != --pack-destination ]; do shift; done\n'
        f'/bin/cp "{packed}" "$2"\n'
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(NoGraphiQL, match="does not have the hash that the page expects"):
        graphiql.fetch(folder)
    assert list(folder.iterdir()) == []
    npm.unlink()
    with pytest.raises(NoGraphiQL, match="npm is not installed"):
        graphiql.fetch(folder)

"""GraphiQL for browsers at `/graphql`: Strawberry's page, with all of its files served from here.

The page names each file by package, version, path and hash. `howcanwe graphiql` fetches the packages with npm, and
keeps the files whose hash is correct. Nothing is fetched when the page is shown.
"""

import re
import subprocess
import sys
import tarfile
from base64 import b64encode
from functools import cache
from hashlib import sha384
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from strawberry.http.ides import get_graphql_ide_html

from service.errors import NoGraphiQL
from service.middleware.security_headers import page_policy
from service.problems import problem

FOLDER: Final = Path(sys.prefix) / "share" / "howcanwe" / "graphiql"
FETCH_SECONDS_MAX: Final = 60

_NAMED: Final = re.compile(
    r'(?:src|href)="https://[^/"]+/((?:@[^/"]+/)?[^/"]+@[^/"]+)/([^"]+)"\s+integrity="sha384-([^"]+)"'
)
_MEDIA: Final = {".js": "text/javascript", ".css": "text/css"}
# The name of a file has its version, so the file never changes.
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


class Asset(NamedTuple):
    """A file of the page, with its package and version for npm, its path there, and its hash."""

    package: str
    path: str
    sha384: str

    @property
    def name(self) -> str:
        """The name under which the file is stored and served."""
        return (
            f"{self.package}-{Path(self.path).name}".replace("/", "-").replace("@", "-").strip("-")
        )

    def has(self, content: bytes) -> bool:
        """Return whether the content has the hash that the page expects."""
        return b64encode(sha384(content).digest()).decode() == self.sha384


@cache
def assets() -> dict[str, Asset]:
    """Return the files of the page, by name."""
    found = (Asset(*match.groups()) for match in _NAMED.finditer(get_graphql_ide_html()))
    return {asset.name: asset for asset in found}


def fetch(folder: Path = FOLDER) -> None:
    """Fetch the files that are missing in the folder, with npm. Raises NoGraphiQL."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [asset for asset in assets().values() if not _is_kept(asset, folder)]
    for package in dict.fromkeys(asset.package for asset in missing):
        with TemporaryDirectory() as place, _packed(package, Path(place)) as archive:
            for asset in missing:
                if asset.package == package:
                    _keep(asset, archive, folder)


def _is_kept(asset: Asset, folder: Path) -> bool:
    path = folder / asset.name
    return path.is_file() and asset.has(path.read_bytes())


def _packed(package: str, place: Path) -> tarfile.TarFile:
    try:
        subprocess.run(
            ["npm", "pack", "--silent", "--fetch-retries=0", "--pack-destination", place, package],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=FETCH_SECONDS_MAX,
        )
        [packed] = place.glob("*.tgz")
        return tarfile.open(packed)
    except FileNotFoundError:
        raise NoGraphiQL("npm is not installed") from None
    except (OSError, subprocess.SubprocessError, tarfile.TarError, ValueError):
        raise NoGraphiQL(f"npm could not fetch {package}") from None


def _keep(asset: Asset, archive: tarfile.TarFile, folder: Path) -> None:
    try:
        file = archive.extractfile(f"package/{asset.path}")
        content = file.read() if file else b""
    except (KeyError, OSError, tarfile.TarError):
        content = b""
    if not asset.has(content):
        raise NoGraphiQL(
            f"{asset.path} of {asset.package} does not have the hash that the page expects"
        )
    part = folder / f"{asset.name}.part"
    part.write_bytes(content)
    part.replace(folder / asset.name)


@cache
def _page() -> str:
    def local(match: re.Match[str]) -> str:
        asset, attribute = Asset(*match.groups()), match[0].partition("=")[0]
        return f'{attribute}="graphql/{asset.name}" integrity="sha384-{asset.sha384}"'

    page = _NAMED.sub(local, get_graphql_ide_html())
    page = page.replace("<title>Strawberry GraphiQL", "<title>howcanwe: GraphiQL")
    # The browser stores a key only if its user chooses so in the page's settings.
    return page.replace("shouldPersistHeaders: true", "shouldPersistHeaders: false")


async def page(request: object) -> Response:
    """Return the page, which may use only its own files and the service that sent it. Raises Problem without files."""
    if not all((FOLDER / name).is_file() for name in assets()):
        detail = (
            "GraphiQL is not installed here. Run `howcanwe graphiql` to fetch its files with npm."
        )
        raise problem(404, "graphiql", detail)
    html = HTMLResponse(_page(), headers={"Vary": "Accept, Authorization"})
    html.headers["Content-Security-Policy"] = page_policy(bytes(html.body))
    return html


router = APIRouter(include_in_schema=False)


@router.get("/graphql/{asset}")
async def asset(asset: str) -> Response:
    """Return a script or a style sheet of the page."""
    path = FOLDER / asset
    if asset not in assets() or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type=_MEDIA[path.suffix], headers=_FOR_EVER)

"""`/docs`: the description of the HTTP door to read and try, with nothing fetched from elsewhere."""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import as_file, files
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse, Response

from service.http.security import policy

_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
_FOR_A_DAY: Final = {"Cache-Control": "public, max-age=86400"}
_INLINE: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs() -> Response:
    """Show the OpenAPI description; addresses are relative, so that a proxy may put it anywhere."""
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title="howcanwe",
        swagger_js_url="docs/swagger-ui-bundle.js",
        swagger_css_url="docs/swagger-ui.css",
        swagger_favicon_url="docs/favicon.png",
    )
    page.headers["Content-Security-Policy"] = _policy(bytes(page.body))
    return page


def _policy(page: bytes) -> str:
    """Return what the page may do: run its own scripts, draw its own icons, and ask the service it came from."""
    hashes = (b64encode(sha256(script).digest()).decode() for script in _INLINE.findall(page))
    return policy(
        script_src=" ".join(("'self'", *(f"'sha256-{value}'" for value in hashes))),
        # Swagger UI writes styles into its elements.
        style_src="'self' 'unsafe-inline'",
        img_src="'self' data:",
        connect_src="'self'",
    )


@router.get("/docs/{asset}")
async def asset(asset: str) -> Response:
    """Give a script, a style or an icon of the page."""
    if asset not in _ASSETS:
        raise HTTPException(404)
    with as_file(files("fastapi_offline") / "static" / asset) as path:
        return FileResponse(path, media_type=_ASSETS[asset], headers=_FOR_A_DAY)

"""`/docs`: the OpenAPI description as an interactive page, which loads nothing from other sites."""

from importlib.resources import as_file, files
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse, Response

from service.middleware.security_headers import page_policy

_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
_FOR_A_DAY: Final = {"Cache-Control": "public, max-age=86400"}

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs() -> Response:
    """Show the OpenAPI description; addresses are relative, so that a proxy can serve it under any path."""
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title="howcanwe",
        swagger_js_url="docs/swagger-ui-bundle.js",
        swagger_css_url="docs/swagger-ui.css",
        swagger_favicon_url="docs/favicon.png",
    )
    page.headers["Content-Security-Policy"] = page_policy(bytes(page.body))
    return page


@router.get("/docs/{asset}")
async def asset(asset: str) -> Response:
    """Return a script, style sheet or icon of the page."""
    if asset not in _ASSETS:
        raise HTTPException(404)
    with as_file(files("fastapi_offline") / "static" / asset) as path:
        return FileResponse(path, media_type=_ASSETS[asset], headers=_FOR_A_DAY)

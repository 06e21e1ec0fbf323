"""Answers in pages: each page that has a next one gives its address."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from service.http.openapi.answers import NEXT, answer
from service.http.openapi.component import Component


def described(about: str, content: Component) -> dict[str, Any]:
    """Return the description of an answer that is a page."""
    return answer(about, content, headers=NEXT)


def following(request: Request, **changed: int | None) -> dict[str, str]:
    """Return the header with the next page's address: this request's, with other parameters (None: without them)."""
    set_ = [(name, value) for name, value in changed.items() if value is not None]
    kept = [one for one in request.query_params.multi_items() if one[0] not in changed]
    return {"Link": f'<{request.url.path}?{urlencode([*set_, *kept])}>; rel="next"'}

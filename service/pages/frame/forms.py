"""Reads the forms that pages send. Every handler of a form uses it, whether or not the visitor is signed in."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from service.access.signing_in.cookies import cookie_of
from service.access.signing_in.origins import is_from_own_page
from service.access.signing_in.sessions import form_token, is_form_token
from service.http.requests.body import read_body
from service.http.requests.cloudevents import media_type
from service.problems import malformed, problem
from service.services import service_of

FORM: Final = "application/x-www-form-urlencoded"
TOKEN: Final = "token"
"""The name of the field with the token of the session's forms."""

FORM_BYTES_MAX: Final = 64 * 1024
_FIELDS_MAX: Final = 200


async def form_of(request: Request) -> Mapping[str, str]:
    """Return the fields of a form that a page of this service sent, each with one value. Raises Problem."""
    sent = await sent_fields(request, FORM_BYTES_MAX, _FIELDS_MAX)
    return {name: values[-1] for name, values in sent.items()}


async def sent_fields(
    request: Request, bytes_max: int, fields_max: int
) -> Mapping[str, Sequence[str]]:
    """Return the values of each field of a form that a page of this service sent.

    Raises Problem: 403 if the browser does not say that it came from such a page, 413, 415 or 400 if it cannot be read.
    """
    body = await sent_body(request, FORM, bytes_max)
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=fields_max,
        )
    except ValueError:
        raise malformed("The form cannot be read", expected="fields in UTF-8") from None


async def sent_body(request: Request, expected: str, bytes_max: int) -> bytes:
    """Return the body of a form of this media type that a page of this service sent. Raises Problem."""
    if not is_from_own_page(request, service_of(request).settings.public_url):
        own = "a form that a page of this service sends"
        raise problem(403, "form.origin", "The form was sent from somewhere else", expected=own)
    if media_type(request.headers) != expected:
        raise problem(415, "media_type", "The form has another media type", expected=expected)
    return await read_body(request, bytes_max)


def token_of(request: Request) -> str | None:
    """Return the token that the forms of the request's session contain; None if there is no cookie."""
    secret = cookie_of(request)
    return None if secret is None else form_token(secret)


def check_token(request: Request, fields: Mapping[str, str]) -> None:
    """Return if a form has the token of the request's session. Raises Problem (403)."""
    secret = cookie_of(request)
    if secret is None or not is_form_token(secret, fields.get(TOKEN, "")):
        expected = "the token that the session's pages contain"
        raise problem(403, "form.token", "The form is not one of this session", expected=expected)

"""Whether a form was sent from a page of the visitor's present session. Every handler that records asks it."""

from typing import Final, NamedTuple

from starlette.requests import Request

from service.pages.frame.forms import check_token
from service.pages.record.reading import Given
from service.problems import Problem
from service.services import service_of

_SIGNED_OUT: Final = (
    "You are not signed in any more, so nothing was recorded. Sign in again in another tab of this browser, then send"
    " this form again."
)
_OTHER_SESSION: Final = (
    "You have signed in again since this form was opened, so nothing was recorded. Check what it says, then send it"
    " again."
)


class NotOfTheSession(NamedTuple):
    """Why a form is not accepted: an English message, and the status of the answer."""

    note: str
    status: int


async def not_of_the_session(request: Request, given: Given) -> NotOfTheSession | None:
    """Return why a form is not one of the present session, None if it is.

    A key that is sent with the request is not enough: the caller has to come with the cookie of a session.
    """
    caller = await service_of(request).access(request)
    if caller.session is None:
        return NotOfTheSession(_SIGNED_OUT, 401)
    try:
        check_token(request, {name: values[-1] for name, values in given.items() if values})
    except Problem:
        return NotOfTheSession(_OTHER_SESSION, 403)
    return None


def messages() -> tuple[str, ...]:
    """Return the messages, for the catalogues."""
    return _SIGNED_OUT, _OTHER_SESSION

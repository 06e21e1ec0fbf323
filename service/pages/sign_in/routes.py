"""The routes `/sign-in` and `/sign-out`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from events.access.principal import Principal, Role
from service.access.caller import Caller
from service.access.credential import new_credential, typed_code
from service.access.invitations import ATTEMPT_BITS, CODE_BITS, Invitation, Redeemed
from service.access.signing_in.cookies import clear_cookie
from service.access.signing_in.transport import may_sign_in
from service.errors import KeyRefused
from service.middleware.rates import too_many
from service.pages.frame.answers import Pages
from service.pages.frame.forms import check_token, form_of, token_of
from service.pages.sign_in.answers import SEE_OTHER, begun, end_session, forms, shown
from service.pages.sign_in.destination import HOME, destination
from service.services import service_of

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"

_FRAGMENTS: Final = re.compile(r"#(?:link|invitation)=")

_RECORD: Final = "/record"

router = APIRouter(include_in_schema=False)


@router.get(SIGN_IN)
async def show_sign_in(request: Request) -> Response:
    """Show the forms for a key and for a link or code. A module moves the code from a link's address into its form."""
    return await forms(request, destination(request.query_params.get("to")))


@router.post(SIGN_IN)
async def sign_in(request: Request) -> Response:
    """Sign in with a key, show whom a link or code signs in, or redeem it, as the form's fields say."""
    service = service_of(request)
    fields = await form_of(request)
    to = destination(fields.get("to"))
    if not may_sign_in(request):
        return await forms(request, to, status=403)
    if wait := service.sign_ins.wait_seconds(request.client.host if request.client else ""):
        raise too_many(wait)
    if "invitation" in fields:
        redeemed = await service.invitations.redeem(fields["invitation"], fields.get("attempt"))
        return await (_welcomed(request, redeemed, to) if redeemed else forms(request, to, "link"))
    if "code" in fields:
        caller = await service.links.redeem(fields["code"])
        return await (_signed_in(request, caller, to) if caller else forms(request, to, "link"))
    if "link" in fields:
        code = _FRAGMENTS.split(fields["link"].strip())[-1]
        if (typed := typed_code(code, CODE_BITS)) is not None:
            invitation = await service.invitations.find(typed)
            attempt = new_credential(ATTEMPT_BITS)
            hidden = {"invitation": typed, "attempt": attempt, "to": to}
            return await (
                _whom(request, _invited(invitation), hidden, invitation)
                if invitation
                else forms(request, to, "link")
            )
        caller = await service.links.holder(code)
        if caller is None:
            return await forms(request, to, "link")
        return await _whom(request, caller.viewer, {"code": code, "to": to}, name=caller.name)
    try:
        caller = await service.keys.access(fields.get("key", "").strip())
    except KeyRefused:
        return await forms(request, to, "key")
    return await _signed_in(request, caller, to)


@router.get(SIGN_OUT)
async def show_sign_out(request: Request) -> Response:
    """Show a button that signs out, or that nobody is signed in."""
    caller = await service_of(request).access(request)
    provider = None if caller.session else service_of(request).provider
    context = {
        "token": token_of(request) if caller.session else None,
        "provider": provider.name if provider else None,
        "sign_out_there": await provider.sign_out_address() if provider else None,
    }
    return await shown(request, "sign_out", context)


@router.post(SIGN_OUT)
async def sign_out(request: Request) -> Response:
    """End the session, with the streams that it has open, and delete its cookie."""
    fields = await form_of(request)
    check_token(request, fields)
    await end_session(request, service_of(request))
    response = RedirectResponse(SIGN_OUT, SEE_OTHER)
    clear_cookie(response, request)
    return response


async def _signed_in(request: Request, caller: Caller, to: str) -> Response:
    return await begun(request, await service_of(request).sessions.begin(caller), to)


async def _welcomed(request: Request, redeemed: Redeemed, to: str) -> Response:
    """Begin a session for who redeemed an invitation, and show the new key; guests are asked what happened."""
    invitation = redeemed.invitation
    if invitation.role is Role.GUEST:
        return await _signed_in(request, redeemed.caller, _RECORD if to == HOME else to)
    pages: Pages = request.app.state.pages
    visit = replace(await pages.visit(request), viewer=redeemed.caller.viewer)
    frame = await pages.frame_of(redeemed.caller.viewer, request)
    context = {"key": redeemed.key, "to": to}
    session = await _signed_in(request, redeemed.caller, to)
    drawn = pages.drawn("sign_in/welcome.html", visit, context, frame)
    drawn.raw_headers += [one for one in session.raw_headers if one[0] == b"set-cookie"]
    return drawn


def _invited(invitation: Invitation) -> Principal:
    """Return a principal as the invitation will make one. It has no key, so it is only for asking."""
    cohorts = () if invitation.role is Role.ORGANISATION else invitation.cohorts
    return Principal(
        f"invitation {invitation.id}",
        invitation.role,
        frozenset(cohorts),
        invitation.organisation,
    )


async def _whom(
    request: Request,
    holder: Principal,
    hidden: Mapping[str, str],
    invitation: Invitation | None = None,
    *,
    name: str | None = None,
) -> Response:
    """Show whom a link or an invitation signs in, with a button that redeems it."""
    pages: Pages = request.app.state.pages
    visit = await pages.visit(request)
    frame = await pages.frame_of(holder, request)
    context = {
        "role": holder.role,
        "name": invitation.name if invitation else name,
        "holder": (frame or {}).get("viewer"),
        "hidden": hidden,
        "invitation": invitation,
    }
    own = await pages.frame_of(visit.viewer, request)
    return pages.drawn("sign_in/whom.html", visit, context, own)

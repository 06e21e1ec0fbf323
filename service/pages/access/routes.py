"""The routes of `/cohorts/{key}/access`: who has access to a cohort, invitations to it, and their ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from events.access.policy import Role
from events.access.principal import Principal, may_grant
from service.access.granting import manageable
from service.access.invitations import Invitation, Offer, invitation_link
from service.access.signing_in.transport import is_https, is_on_this_machine
from service.errors import NoSuchInvitation, NoSuchKey, TooManyInvitations
from service.pages.access import form
from service.pages.access.form import FormError, FormFault
from service.pages.access.view import Access, Sheet, choices, ever, present
from service.pages.frame.addresses import of_kind
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.forms import check_token, form_of, token_of
from service.pages.frame.page import Answer, Visit, read_query
from service.services import Service, service_of

PATH: Final = "/cohorts/{key}/access"
END: Final = f"{PATH}/end"

_QUERY: Final = read_query("access")
_SEE_OTHER: Final = 303

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class _Opened:
    """The page as its visitor may see it: the visit, the graph's answer, and what is shown."""

    visit: Visit
    answer: Answer
    access: Access


@router.get(PATH)
async def show_access(request: Request) -> Response:
    """Show who has access to the cohort. 404 for those who may neither invite nor end anybody there."""
    opened = await _opened(request)
    return opened if isinstance(opened, Response) else _page(request, opened)


@router.post(PATH)
async def invite(request: Request) -> Response:
    """Make the codes of a workshop or an invitation, and show them once."""
    fields = await form_of(request)
    check_token(request, fields)
    opened = await _opened(request)
    if isinstance(opened, Response):
        return opened
    access, service = opened.access, service_of(request)
    sender = opened.visit.viewer
    try:
        offers = _offers(fields, access, sender)
        codes = await service.invitations.make_all(offers, made_by=sender.id)
    except (FormError, TooManyInvitations) as error:
        fault = error.fault if isinstance(error, FormError) else FormFault.TOO_MANY
        refused = replace(access, fault=fault, given=fields)
        return _page(request, replace(opened, access=refused), status=422)
    return _sheets(request, opened, zip(offers, codes, strict=True))


@router.post(END)
async def end(request: Request) -> Response:
    """End an invitation or a key, with what was signed in by it, and go back to the page."""
    fields = await form_of(request)
    check_token(request, fields)
    opened = await _opened(request)
    if isinstance(opened, Response):
        return opened
    service, sender = service_of(request), opened.visit.viewer
    access = opened.access
    invitation, key = fields.get("invitation"), fields.get("key")
    try:
        if invitation in [one.id for one in access.invitations]:
            await service.invitations.end(invitation or "", ended_by=sender.id)
        elif key in [one.id for one in access.keys]:
            await service.keys.revoke(key or "", granted_by=sender.id)
        else:
            return _nothing(request, opened.visit, opened.answer)
    except (NoSuchInvitation, NoSuchKey):
        # Somebody else ended it first.
        pass
    service.revocations.look()
    return RedirectResponse(f"{of_kind('cohort', access.cohort['key'])}/access", _SEE_OTHER)


def _offers(fields: Mapping[str, str], access: Access, sender: Principal) -> list[Offer]:
    cohort = access.cohort["key"]
    if fields.get("form") == "workshop":
        return form.workshop(fields, cohort, [one.key for one in access.hosts])
    invited = form.invitation(
        fields,
        cohort,
        [one.key for one in access.members],
        sender,
        may_invite_evaluators=access.may_invite_evaluators,
    )
    return [invited]


async def _opened(request: Request) -> _Opened | Response:
    """Return the page as its visitor may see it, or the answer that there is nothing."""
    pages: Pages = request.app.state.pages
    service = service_of(request)
    visit = await pages.visit(request)
    try:
        context = await pages.context(request)
        answer = await pages.execute(_QUERY, {"key": visit.key, "signedIn": True}, context)
    except NoAnswer as error:
        return pages.problem(visit, error.status, service)
    cohort = answer["cohort"]
    access = None if cohort is None else await _access(request, service, visit.viewer, cohort)
    if access is None:
        return _nothing(request, visit, answer)
    return _Opened(visit, answer, access)


async def _access(
    request: Request, service: Service, viewer: Principal, cohort: Mapping[str, Any]
) -> Access | None:
    """Return what the viewer may see and do, None if that is nothing."""
    key = cohort["key"]
    names, joined = ever(cohort), present(cohort)

    def may_end(role: Role, organisation: str | None) -> bool:
        return may_grant(viewer, role, organisation, (key,))

    may_invite_evaluators = may_end(Role.EVALUATOR, None)
    theirs = [one for one in names if may_end(Role.GUEST, one)]
    if not theirs and not may_invite_evaluators:
        return None
    members = await form.invitable(service.log.memberships, viewer, joined)
    keys = await manageable(
        service.log.memberships, viewer, await service.keys.of(list(names), key)
    )
    invitations = [one for one in await service.invitations.of(key) if _is_theirs(one, viewer)]
    makers = {key.granted_by for key in keys} | {one.made_by for one in invitations}
    evaluators = (await service.evaluators.of([key]))[key] if may_invite_evaluators else ()
    return Access(
        cohort=cohort,
        names=names,
        hosts=choices([one for one in joined if one in theirs], names),
        members=choices(members, names),
        may_invite_evaluators=may_invite_evaluators,
        invitations=invitations,
        keys=keys,
        evaluators=evaluators,
        sessions=await service.sessions.counts([key.id for key in keys]),
        makers=await service.keys.these(makers),
        token=token_of(request),
    )


def _is_theirs(invitation: Invitation, viewer: Principal) -> bool:
    """Return whether the viewer may see and end the invitation.

    A member's invitation is its cohort's facilitators' to end, also after the organisation joined another cohort.
    """
    role = Role.EVALUATOR if invitation.role is Role.ORGANISATION else invitation.role
    return may_grant(viewer, role, invitation.organisation, (invitation.cohort,))


def _page(request: Request, opened: _Opened, status: int = 200) -> Response:
    pages: Pages = request.app.state.pages
    context = {"view": opened.access}
    return pages.drawn("access/template.html", opened.visit, context, opened.answer, status)


def _sheets(request: Request, opened: _Opened, made: Iterable[tuple[Offer, str]]) -> Response:
    """Show codes: as links, to be typed, and as QR codes, each on a sheet. Nobody can show them again."""
    pages: Pages = request.app.state.pages
    public = service_of(request).settings.public_url
    scheme = "https" if is_https(request) else "http"
    address = public or f"{scheme}://{request.headers.get('host', '')}"
    names = opened.access.names
    context = {
        "cohort": opened.access.cohort,
        "sheets": [
            Sheet(offer, names.get(offer.organisation or ""), code, invitation_link(address, code))
            for offer, code in made
        ],
        "address": f"{address}/sign-in",
        "is_local": public is None and is_on_this_machine(request),
    }
    return pages.drawn("access/sheets.html", opened.visit, context, opened.answer)


def _nothing(request: Request, visit: Visit, answer: Answer) -> Response:
    pages: Pages = request.app.state.pages
    return pages.problem(visit, 404, service_of(request), answer)

"""What the forms that amend something ask of the graph and of the log, as the visitor."""

from collections.abc import Mapping, Sequence

from fastapi import Request

from events.access.principal import Principal
from service.graphql.context import Context
from service.pages.frame.answers import NoAnswer, Pages
from service.pages.frame.page import Visit
from service.pages.record.amending import replacement, widening
from service.pages.record.amending.about import (
    EVENT_QUERY,
    About,
    about_of,
    asked_about,
    position_in,
)
from service.pages.record.amending.widening import Correctable
from service.pages.record.form import Form
from service.pages.record.levels import levels_of
from service.pages.record.reading import VISIBILITY, Given
from service.services import service_of


async def event(
    request: Request, position: int | None, *, min_position: int | None = None
) -> About | None:
    """Return the event at a position as the visitor sees it, None if there is none. Raises NoAnswer."""
    if position is None:
        return None
    pages: Pages = request.app.state.pages
    context = await pages.context(request)
    if min_position is not None:
        context.min_position = str(min_position)
    return about_of(await pages.execute(EVENT_QUERY, {"position": position}, context))


async def latest(
    request: Request, viewer: Principal, form: Form, given: Given
) -> tuple[About | None, Mapping[str, int]]:
    """Return the event that a form corrects, and the version of its stream at which it is so. Raises NoAnswer."""
    log = service_of(request).log
    position = position_in(asked_about(form, given))
    recorded = await log.visible_event(position, viewer) if position is not None else None
    if position is None or recorded is None:
        return None, {}
    stream = recorded.event(log.catalogue).streams[0]
    # First the version: what is recorded after it, and not seen here, refuses the correction.
    version = await log.stream_version(stream, viewer)
    about = await event(request, position, min_position=await log.head())
    return about, {stream: version}


async def replacement_given(request: Request, visit: Visit, form: Form) -> Given:
    """Return what a form contains that records an earlier event again; nothing if the address asks for none.

    Raises NoAnswer.
    """
    about = await event(request, replacement.position(visit.query))
    levels = [level.value for level in levels_of(form.kind, visit.viewer.role).choices]
    return replacement.given(form, about, levels, visit.query.get(VISIBILITY, ""))


async def correctable(
    pages: Pages, form: Form, given: Given, context: Context
) -> Sequence[Correctable]:
    """Return the corrected events that more people would see; none if the graph cannot say which."""
    try:
        asked = widening.variables(form, given)
        answer = await pages.execute(widening.CORRECTED, asked, context)
    except NoAnswer:
        return []
    return widening.correctable(form, given, answer, context.viewer)

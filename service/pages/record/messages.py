"""The messages of this room that are not in its templates, for the catalogues: above all the vocabulary's."""

from collections.abc import Iterator

from events.vocabulary.catalogue import VOCABULARY
from service.pages.record import faults, levels, offers, routes, session, view
from service.pages.record.amending import about, corrections
from service.pages.record.done import routes as undoing
from service.pages.record.done import view as done
from service.pages.record.form import form_of
from service.pages.record.next_steps import missing, waiting
from service.pages.record.offers import offer


def messages() -> Iterator[str]:
    """Yield the English messages."""
    for kind in VOCABULARY.kinds:
        yield offer(kind).use_when
        for field in form_of(kind).walked():
            yield from filter(None, (field.title, field.question, field.hint))
    for module in (
        offers,
        faults,
        levels,
        about,
        corrections,
        done,
        undoing,
        session,
        routes,
        view,
        waiting,
        missing,
    ):
        yield from module.messages()

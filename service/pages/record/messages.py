"""The messages of this room that are not in its templates, for the catalogues: the words of the vocabulary above all."""

from collections.abc import Iterator

from events.vocabulary.catalogue import VOCABULARY
from service.pages.record import done, faults, levels, recorded, routes, session, types, view
from service.pages.record.form import form_of
from service.pages.record.types import offer


def messages() -> Iterator[str]:
    """Yield the English messages."""
    for kind in VOCABULARY.kinds:
        yield offer(kind).use_when
        for field in form_of(kind).walked():
            yield from filter(None, (field.title, field.question, field.hint))
    for module in (types, faults, levels, recorded, done, session, routes, view):
        yield from module.messages()

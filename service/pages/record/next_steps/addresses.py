"""Addresses of forms that are filled in with what is known. Every link to a form about something is made here."""

from collections.abc import Iterable, Mapping
from typing import Final

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.stream import KINDS, Stream, key_of, kind_of
from events.vocabulary.types.event_type import EventType
from service.pages.frame.addresses import with_query

_MANY_KINDS: Final = len(KINDS) // 2
"""A field that takes more kinds than this can be about anything: it gets the first subject."""


def form_address(
    model: type[EventType], streams: Iterable[str], values: Mapping[str, str] | None = None
) -> str:
    """Return the address of the form of a type that is filled in with these subjects and these values."""
    kind = VOCABULARY.of(model)
    return with_query(f"/record/{kind.name}", {**known(kind, streams), **(values or {})})


def known(kind: EventKind, streams: Iterable[str]) -> dict[str, str]:
    """Return the value of each field that names one of these subjects: the first that it can name.

    A subject that one field names is not named by another. Organisations that are ticked one by one, such as those of a
    session, are left out: nobody looks for one that is ticked already.
    """
    found: dict[str, str] = {}
    left = [Stream(stream) for stream in streams]
    for reference in kind.references:
        if reference.many and reference.kinds == ("organisation",):
            continue
        possible = left[:1] if len(reference.kinds) > _MANY_KINDS else left
        stream = next((one for one in possible if kind_of(one) in reference.kinds), None)
        if reference.creates or stream is None:
            continue
        left.remove(stream)
        found[reference.field] = key_of(stream) if len(reference.kinds) == 1 else stream
    return found

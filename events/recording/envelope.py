"""CloudEvents 1.0: turns what a sender wrote into a candidate, or into all faults of its form. `EventLog` calls it.

Extensions are kept as sent. Attributes that the log sets are replaced. `datacontenttype` must be JSON and is not kept.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from pydantic import ValidationError

from events.access.principal import Principal
from events.lines.candidate import SERVER_SET, Candidate
from events.vocabulary.catalogue import Catalogue, EventKind, JsonObject
from events.vocabulary.data_faults import faults_of
from events.vocabulary.event import Event
from events.vocabulary.faults import Fault, expected
from events.vocabulary.fields.field_types import OF_NEW_EVENTS
from events.vocabulary.fields.references import Mention
from events.vocabulary.stream import KEY_PATTERN, Stream, is_key
from events.vocabulary.terms import TimePrecision, Visibility
from events.vocabulary.types import EventType
from events.vocabulary.values.identity import (
    ID_BYTES_MAX,
    SOURCE_BYTES_MAX,
    is_uri_reference,
    storable,
)
from events.vocabulary.values.strict_json import escaped, oddities, unwritable
from events.vocabulary.values.times import latest_day, moment

TIME_CHARACTERS_MAX: Final = 64
TIME_EARLIEST_US: Final = moment("0001-01-02T00:00:00Z")
TIME_LATEST_US: Final = moment("9999-12-30T23:59:59.999999Z")
"""The bounds are one day from each end of the calendar, so that a time exists in every offset."""
EXTENSION_BYTES_MAX: Final = 256
EXTENSIONS_MAX: Final = 16
NAMED_EXTENSIONS: Final = ("correlationid", "causationid", "timeprecision")
"""Extensions that the vocabulary defines: strings, integers or booleans like all others, but not counted as one."""

CONTEXT_ATTRIBUTES: Final = (
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "visibility",
    "actor",
)

_KNOWN: Final = frozenset(
    {*CONTEXT_ATTRIBUTES, *SERVER_SET, "data", "data_base64", "datacontenttype", *NAMED_EXTENSIONS}
)
_EXTENSION_NAME: Final = re.compile(r"[a-z0-9]{1,64}")
_JSON_MEDIA_TYPE: Final = re.compile(
    r"\s*(application|text)/([a-z0-9.+-]+\+)?json\s*(;.*)?", re.IGNORECASE
)
_ACTOR: Final = re.compile(rf"(person|service)/{KEY_PATTERN}")
_VISIBILITIES: Final = {level.value: level for level in Visibility}
_PRECISIONS: Final = tuple(precision.value for precision in TimePrecision)


class Malformed(Exception):
    """The event is not well-formed. `creates` are the subjects that it would have created, as far as it names them."""

    def __init__(
        self, faults: Sequence[Fault], creates: frozenset[Stream] = frozenset(), raw: object = None
    ) -> None:
        self.faults = tuple(faults)
        self.creates = creates
        self.raw = raw
        super().__init__(faults)


class Envelopes:
    """Reads envelopes with one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def read(self, raw: object, sender: Principal) -> Candidate:
        """Return the event as a candidate, with the faults that refuse it only if it is new.

        Raises Malformed with all faults of its form at once, of the envelope and of the data.
        """
        if not isinstance(raw, dict):
            raise Malformed([Fault("field", "", expected("an object with one CloudEvent", raw))])
        faults = [Fault("field", pointer, detail) for pointer, detail in oddities(raw)]
        sent = {name: value for name, value in raw.items() if value is not None}
        stricter: list[Fault] = []
        attributes = _Attributes(sent, faults, stricter)
        time_text = attributes.time()
        found = attributes.kind(self._catalogue)
        kind, version = found or (None, 0)
        data, model = self._data(sent, kind, version, time_text, sender, faults, stricter)
        event = (
            Event(
                kind, version, attributes.kept, data=data, model=model, time_us=attributes.time_us
            )
            if kind is not None
            else None
        )
        mentions = event.mentions if event is not None else ()
        attributes.rest(sender, mentions)
        if faults or event is None:
            created = (m.stream for m in mentions if m.creates and is_key(m.key))
            raise Malformed([*faults, *stricter], frozenset(created), raw)
        given = sent.get("subject") if event.subject is None else None
        sent_data = {name: value for name, value in sent["data"].items() if value is not None}
        is_filled_in = sent.get("actor") is None
        attributes.kept["data"] = sent_data
        return Candidate(event, sent_data, given, is_filled_in, tuple(stricter))

    def _data(
        self,
        sent: JsonObject,
        kind: EventKind | None,
        version: int,
        time_text: str | None,
        sender: Principal,
        faults: list[Fault],
        stricter: list[Fault],
    ) -> tuple[JsonObject, EventType | None]:
        """Return the data in the present version of its type, and its model where it is valid.

        Adds to `faults` what cannot be used, and to `stricter` what an earlier release accepted.
        """
        if "data_base64" in sent:
            faults.append(
                Fault("field", "/data_base64", "Binary data is not accepted; send JSON in `data`.")
            )
        raw = sent.get("data")
        if not isinstance(raw, dict):
            faults.append(
                Fault("field", "/data", _expected(sent, "data", "an object with the event's data"))
            )
            return {}, None
        if kind is None:
            return raw, None
        model: EventType | None = None
        data = {name: value for name, value in raw.items() if value is not None}
        try:
            data = kind.upcast(data, version)
            day = latest_day(time_text, sent.get("timeprecision")) if time_text else None
            model = kind.validated(data, day)
        except ValidationError as error:
            for fault, detail in zip(faults_of(error, kind.personal), error.errors(), strict=True):
                (stricter if detail["type"] in OF_NEW_EVENTS else faults).append(fault)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            # An upcaster may rely on everything that the rules of its own version guarantee.
            faults.append(
                Fault(
                    "field", "/data", f"These are not the data of version {version} of this type."
                )
            )
        needed = kind.model.required_of_organisation
        is_an_organisations = sender.organisation is not None
        if is_an_organisations and needed is not None and data.get(needed) is None:
            faults.append(
                Fault(
                    "field", f"/data/{needed}", "This field is required of an organisation's key."
                )
            )
        return data, model


class _Attributes:
    """The context attributes of one event, checked one by one; `kept` collects those of the line."""

    def __init__(self, sent: JsonObject, faults: list[Fault], stricter: list[Fault]) -> None:
        self._sent = sent
        self._faults = faults
        self._stricter = stricter
        self.kept: JsonObject = {"specversion": "1.0"}
        self.time_us = 0
        if sent.get("specversion") != "1.0":
            self._expect("specversion", 'the version "1.0"')
        self._identity("id", ID_BYTES_MAX)
        self._identity("source", SOURCE_BYTES_MAX)
        source = self.kept.get("source")
        if source is not None and not is_uri_reference(source):
            self._expect("source", "a URI reference")

    def _fault(self, name: str, detail: str) -> None:
        self._faults.append(Fault("field", f"/{escaped(name)}", detail))

    def _expect(self, name: str, what: str) -> None:
        self._fault(name, _expected(self._sent, name, what))

    def _identity(self, name: str, most: int) -> None:
        value = self._sent.get(name)
        if not isinstance(value, str) or not value or not storable(value, most):
            self._expect(
                name, f"a string of 1 to {most} bytes in UTF-8, without control characters"
            )
        else:
            self.kept[name] = value

    def time(self) -> str | None:
        """Return the time as text, None if it is not valid."""
        value = self._sent.get("time")
        text = value if isinstance(value, str) else ""
        try:
            self.time_us = moment(text)
        except ValueError:
            self._expect(
                "time", "a time as in RFC 3339 with its offset, such as 2026-03-01T14:30:00+01:00"
            )
            return None
        if len(text) > TIME_CHARACTERS_MAX:
            detail = (
                f"The time has {len(text)} characters; at most {TIME_CHARACTERS_MAX} are allowed."
            )
            self._stricter.append(Fault("field", "/time", detail))
        if not TIME_EARLIEST_US <= self.time_us <= TIME_LATEST_US:
            detail = expected("a time from 0001-01-02 to 9999-12-30 in UTC", text)
            self._stricter.append(Fault("field", "/time", detail))
        return text

    def kind(self, catalogue: Catalogue) -> tuple[EventKind, int] | None:
        """Return the event's type and version, None if the type is not known."""
        name = self._sent.get("type")
        found = catalogue.find(name) if isinstance(name, str) else None
        if found is None:
            what = (
                "a known type and version, such as org.howcanwe.cohort.formed.v1 (see /event-types)"
            )
            if isinstance(name, str) and (meant := catalogue.versions(name)[-1:]):
                what = f"the full name of the type, {meant[0]}"
            elif isinstance(name, str) and (close := catalogue.closest(name)) is not None:
                what = f"a known type and version, such as {close.wire_name} (see /event-types)"
            self._expect("type", what)
        else:
            self.kept["type"] = name
        return found

    def rest(self, sender: Principal, mentions: tuple[Mention, ...]) -> None:
        """Check everything else; `mentions` give the subject."""
        subject = self._sent.get("subject")
        first = mentions[0].stream if mentions else None
        if first is not None:
            self.kept["subject"] = first
        if subject is not None and (
            not isinstance(subject, str) or (first is not None and subject != first)
        ):
            self._expect("subject", f"the stream of the event's first subject, {first}")
        if self._sent.get("time") is not None:
            self.kept["time"] = self._sent["time"]
        self._visibility()
        self._time_precision()
        self._actor(sender)
        self._content_type()
        self._extensions()

    def _visibility(self) -> None:
        value = self._sent.get("visibility")
        if value is None:
            return
        if not isinstance(value, str) or value not in _VISIBILITIES:
            self._expect("visibility", f"one of {', '.join(_VISIBILITIES)}")
        self.kept["visibility"] = value

    def _time_precision(self) -> None:
        value = self._sent.get("timeprecision")
        if value is not None and value not in _PRECISIONS:
            # Release 0.1.0 accepted any extension of this name.
            detail = _expected(self._sent, "timeprecision", f"one of {', '.join(_PRECISIONS)}")
            self._stricter.append(Fault("field", "/timeprecision", detail))

    def _actor(self, sender: Principal) -> None:
        value = self._sent.get("actor")
        if value is None:
            value = f"service/{sender.id}"
        elif not isinstance(value, str) or _ACTOR.fullmatch(value) is None:
            self._expect("actor", "person/<key> or service/<key>")
        self.kept["actor"] = value

    def _content_type(self) -> None:
        value = self._sent.get("datacontenttype")
        if value is None:
            return
        if not isinstance(value, str) or _JSON_MEDIA_TYPE.fullmatch(value) is None:
            self._expect("datacontenttype", "a JSON media type")

    def _extensions(self) -> None:
        names = [name for name in self._sent if name not in _KNOWN]
        if len(names) > EXTENSIONS_MAX:
            self._faults.append(
                Fault(
                    "field",
                    "",
                    f"The event has {len(names)} extension attributes; at most {EXTENSIONS_MAX} are allowed.",
                )
            )
        for name in (*NAMED_EXTENSIONS, *names):
            value = self._sent.get(name)
            if value is None:
                continue
            if _EXTENSION_NAME.fullmatch(name) is None:
                self._fault(
                    name, "The name of an extension has 1 to 64 lower-case letters and digits."
                )
            elif not _is_extension(value):
                self._expect(
                    name,
                    f"a string of at most {EXTENSION_BYTES_MAX} bytes, a 32-bit integer or a boolean",
                )
            else:
                self.kept[name] = value


def _expected(sent: JsonObject, name: str, what: str) -> str:
    """Return the sentence for an attribute that is not what it should be."""
    if name not in sent:
        return f"This attribute is required: {what}."
    return expected(what, sent[name])


def faults_as_json(raw: object) -> Malformed | None:
    """Return what keeps an event that a program gives from being JSON, None if nothing does.

    An event that was read from JSON needs no such check.
    """
    faults = [Fault("field", pointer, detail) for pointer, detail in unwritable(raw)]
    return Malformed(faults, raw=raw) if faults else None


def extension_text(value: Any) -> Any:
    """Return an extension as the string that CloudEvents makes of it (1.0.2, 3.1: the type system)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _is_extension(value: Any) -> bool:
    if isinstance(value, bool):
        return True
    if isinstance(value, int):
        return -(2**31) <= value < 2**31
    return isinstance(value, str) and storable(value, EXTENSION_BYTES_MAX)

"""The words of an event's attributes: those that a person fills in, those that a program sets, and those of the log.

The words of `data` are those of the event's type.
"""

from collections.abc import Mapping
from typing import Any, Final

from events.vocabulary.words.wording import FieldWords, line

ATTRIBUTES: Final[Mapping[str, FieldWords]] = {
    "specversion": line(
        "Version of CloudEvents", "In which version of CloudEvents is the event written?"
    ),
    "id": line(
        "Id",
        "Which id does its source give the event? Sent again with the same source and id, it is recorded once.",
        "A form makes one when it is opened; a program uses its own id or a UUID.",
    ),
    "source": line(
        "Source",
        "Which system sends the event, and for whom? Ids are unique within a source.",
        "Give a URI that is yours, such as your website's address.",
    ),
    "type": line("Type", "What kind of event is it? The type decides which data it has."),
    "time": line(
        "When did it happen?",
        "On which day, and at what time of day, did it happen? It may be long ago.",
        "If you do not know the time of day, or even the day, choose a likely one and say how exactly you know it.",
    ),
    "timeprecision": line(
        "How exactly is that known?",
        "Is only the year, the month or the day known, or the minute?",
        "Leave it out if the time is exact.",
    ),
    "visibility": line(
        "Who may see it?",
        "Is it for the organisation alone, for its peers, for the cohort or for everyone?",
        "Leave it out for the usual level: everyone for a publication, private for a failure of cause deviance, the"
        " cohort for everything else.",
    ),
    "actor": line(
        "Who did it?",
        "Which person or service did what the event says? Without it, it is the service that sends it.",
    ),
    "subject": line(
        "Subject",
        "What is the event about? The log fills it in: it is the first subject that the data names.",
    ),
    "correlationid": line(
        "Correlation id", "To which larger process of your system does it belong?"
    ),
    "causationid": line("Causation id", "Which event of your system caused it?"),
    "datacontenttype": line(
        "Media type of the data", "Which media type do the data have? It is not stored."
    ),
    "data": line("Data", "What happened? The members are those of the event's type."),
    "dataschema": line("Schema of the data", "Which JSON Schema do the data follow?"),
    "position": line("Position", "Where in the log is the event, counted from 1?"),
    "about": line(
        "Event that it is about",
        "At which position is the earlier event that it is about, such as a voided or corrected one?",
    ),
    "recordedtime": line(
        "Time of recording", "When was it recorded? It may have happened long before."
    ),
    "previoushash": line("Hash of the line before", "What is the SHA-256 of the line before it?"),
    "salt": line("Salt", "Which random bytes keep its hash from giving away what it says?"),
}
"""The words of the attributes by their names, in the order in which a reader needs them."""

EXAMPLE: Final[Mapping[str, Any]] = {
    "specversion": "1.0",
    "id": "demo-040",
    "source": "urn:howcanwe:demo",
    "type": "org.howcanwe.participation.recorded.v1",
    "time": "2024-02-10T13:30:00+00:00",
    "actor": "person/geoff",
    "data": {"iteration": "tea-first", "people": 14, "level": "involve", "mode": "give_time"},
}
"""An event of the demo."""

OTHERS: Final[Mapping[str, Any]] = {
    "timeprecision": "minute",
    "visibility": "cohort",
    "subject": "iteration/tea-first",
    "correlationid": "saturdays-2024",
    "causationid": "rota-2024-02-10",
    "datacontenttype": "application/json",
    "dataschema": "urn:howcanwe:event-type:org.howcanwe.participation.recorded.v1",
    "position": 40,
    "about": 12,
    "recordedtime": "2024-02-10T18:05:12.345678Z",
    "previoushash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "salt": "5d41402abc4b2a76b9719d911017c592",
}
"""Examples of the attributes that this event lacks."""

"""Things as JSON-LD in the words of schema.org, for search engines and catalogues."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from events.vocabulary.stream import Stream, key_of, kind_of
from service.pages.commons.works import Work
from service.pages.frame.site import Licence, Site

_TYPES: Final = {
    "cohort": "Dataset",
    "organisation": "Organization",
    "question": "Question",
    "learning": "Claim",
    "failure": "Report",
    "iteration": "Report",
    "publication": "CreativeWork",
}
_PUBLICATIONS: Final = {
    "REPORT": "Report",
    "TOOLKIT": "LearningResource",
    "FIELD_GUIDE": "Guide",
    "CASE_STUDY": "Article",
    "FAILURE_REPORT": "Report",
    "DATASET": "Dataset",
    "ARTICLE": "Article",
}


def linked_data(one: Work, site: Site) -> Mapping[str, Any]:
    """Return the thing as an object of schema.org. What is not known is left out."""
    address = site.address + one.path
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _type(one),
        "@id": address,
        "url": address,
        "name": one.title,
        "description": one.text or None,
        "image": card_address(one.stream, site),
    }
    if one.kind != "organisation":
        found |= {
            "creator": [{"@type": "Organization", "name": name} for name in one.by],
            "dateCreated": "-".join(f"{part:02}" for part in one.made_on),
            "dateModified": one.updated,
            "inLanguage": one.language,
            "keywords": list(one.themes),
            "license": _licence(one, site),
            "isPartOf": {"@type": "Dataset", "name": one.cohort} if one.cohort else None,
            "sameAs": one.url,
        }
    if one.kind == "cohort":
        found |= {
            "temporalCoverage": f"{one.begins}/{(one.ends or '..')[:10]}" if one.begins else None,
            "distribution": {
                "@type": "DataDownload",
                "encodingFormat": "application/zip",
                "contentUrl": f"{address}/data.zip",
            },
        }
    return {name: value for name, value in found.items() if value}


def card_address(stream: Stream, site: Site) -> str:
    """Return the absolute address of the card of a thing."""
    return f"{site.address}/cards/{kind_of(stream)}/{quote(key_of(stream), safe='')}.png"


def _type(one: Work) -> str:
    if one.publication_kind is not None:
        return _PUBLICATIONS.get(one.publication_kind, "CreativeWork")
    return _TYPES.get(one.kind, "CreativeWork")


def _licence(one: Work, site: Site) -> str | None:
    if one.licence == "NOASSERTION":
        return None
    if one.licence:
        return Licence.of(one.licence).address
    return None if site.licence is None else site.licence.address

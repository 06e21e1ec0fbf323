"""Citations of public things: as a line of text, in CSL JSON and in BibTeX. By whom a thing is: its organisation."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from service.pages.commons.works import Work
from service.pages.frame.site import Site

CITED: Final = ("cohort", "question", "learning", "publication")
"""The kinds of things that can be cited."""

CSL_MEDIA_TYPE: Final = "application/vnd.citationstyles.csl+json"
BIBTEX_MEDIA_TYPE: Final = "application/x-bibtex; charset=utf-8"

_CSL: Final = {
    "REPORT": "report",
    "FAILURE_REPORT": "report",
    "DATASET": "dataset",
    "ARTICLE": "article",
}
_MONTHS: Final = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "{}%$&#_"},
}
_NOT_TYPED: Final = re.compile(r"[^A-Za-z0-9._-]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def authors(one: Work) -> Sequence[str]:
    """Return by whom a thing is: organisations, else its cohort, else this installation."""
    return list(one.by) or [one.cohort or "howcanwe"]


def line(one: Work, site: Site) -> str:
    """Return the citation as a line of text."""
    year = f" ({one.made_on[0]})" if one.made_on else ""
    end = "" if one.title.endswith((".", "?", "!", "…")) else "."
    within = f" In: {one.cohort}." if one.cohort and one.by else ""
    return f"{'; '.join(authors(one))}{year}: {one.title}{end}{within} {site.address}{one.path}"


def csl(one: Work, site: Site) -> bytes:
    """Return the citation as a CSL JSON document, a list with one item."""
    item: dict[str, Any] = {
        "id": one.stream,
        "type": _csl_type(one),
        "title": one.title,
        "author": [{"literal": name} for name in authors(one)],
        "issued": {"date-parts": [list(one.made_on)]} if one.made_on else None,
        "container-title": one.cohort,
        "genre": one.noun,
        "language": one.language,
        "publisher": "howcanwe",
        "URL": site.address + one.path,
    }
    given = {name: value for name, value in item.items() if value}
    return orjson.dumps([given], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def bibtex(one: Work, site: Site) -> bytes:
    """Return the citation as a BibTeX entry, in UTF-8."""
    date = one.made_on
    fields: Mapping[str, str | None] = {
        # The second braces keep BibTeX from taking a name apart, and from changing capitals.
        "author": " and ".join(f"{{{_escaped(name)}}}" for name in authors(one)),
        "title": f"{{{_escaped(one.title)}}}",
        "year": str(date[0]) if date else None,
        "month": _MONTHS[date[1] - 1] if len(date) > 1 else None,
        "howpublished": f"\\url{{{site.address}{one.path}}}",
        "note": _escaped(f"{one.noun}. In: {one.cohort}" if one.cohort else one.noun),
    }
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
        for name, value in fields.items()
        if value
    ]
    name = _NOT_TYPED.sub("-", f"{one.kind}-{one.key}")
    return "\n".join((f"@misc{{{name},", *lines, "}", "")).encode()


def _csl_type(one: Work) -> str:
    if one.publication_kind is not None:
        return _CSL.get(one.publication_kind, "document")
    return "dataset" if one.kind == "cohort" else "webpage"


def _escaped(text: str) -> str:
    """Return the text with the signs escaped that TeX would obey."""
    return "".join(_SPECIAL.get(sign, sign) for sign in _CONTROL.sub(" ", text))

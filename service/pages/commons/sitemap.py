"""The sitemap (https://www.sitemaps.org/protocol.html): the addresses of all pages of something public.

It is read from the tables at once: through the lists of the graph, fifty thousand addresses would take hundreds of
queries.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

from sqlalchemy import Select, Text, func, literal, select, union_all

from projections.queries.lists import visible
from service.graphql.fields.shapes import shape_of
from service.graphql.types.listed import KINDS
from service.pages.frame import addresses
from service.pages.frame.site import Site
from service.pages.parts import xml

MEDIA_TYPE: Final = "application/xml; charset=utf-8"
ADDRESSES_MAX: Final = 50_000
"""The most addresses that a sitemap may have."""
PAGES: Final = ("/", "/cohorts", "/themes")
"""Pages that are about no single thing."""
SUBJECTS_MAX: Final = ADDRESSES_MAX - len(PAGES)
"""The most subjects in a part of the sitemap."""
PARTS_MAX: Final = 50_000
"""The most parts that the list of them may have."""

_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


def kinds(paths: Collection[str]) -> Sequence[str]:
    """Return the kinds of subjects that have a page, given the paths of the application. No person has one."""
    return [
        kind for kind in KINDS if kind != "person" and f"/{addresses.plural(kind)}/{{key}}" in paths
    ]


def subjects(of: Sequence[str], part: int) -> Select[Any]:
    """Return the statement for the subjects of these kinds in a part, from 1, in the order of the log."""
    found = _seen(of)
    return (
        select(found)
        .order_by(found.c.position, found.c.kind, found.c.key)
        .offset((part - 1) * SUBJECTS_MAX)
        .limit(SUBJECTS_MAX)
    )


def count(of: Sequence[str]) -> Select[Any]:
    """Return the statement that counts the subjects of these kinds."""
    return select(func.count().label("count")).select_from(_seen(of))


def parts(subjects_: int) -> int:
    """Return in how many parts so many subjects are listed."""
    return max(1, -(-subjects_ // SUBJECTS_MAX))


def index(site: Site, number: int) -> bytes:
    """Return the list of the sitemap's parts."""
    root = Element("sitemapindex", {"xmlns": _SITEMAP})
    for part in range(1, number + 1):
        SubElement(SubElement(root, "sitemap"), "loc").text = f"{site.address}/sitemaps/{part}.xml"
    return xml.written(root)


def urlset(site: Site, pages: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a sitemap with these pages and subjects, the latter with the day of their last change in UTC."""
    root = Element("urlset", {"xmlns": _SITEMAP})
    for path in pages:
        SubElement(SubElement(root, "url"), "loc").text = site.address + path
    for row in rows:
        url = SubElement(root, "url")
        path = addresses.of_kind(row["kind"], row["key"])
        SubElement(url, "loc").text = site.address + path
        SubElement(url, "lastmod").text = row["updated_at"].astimezone(UTC).date().isoformat()
    return xml.written(root)


def robots(site: Site) -> str:
    """Return which addresses programs that follow links should leave alone, and where the sitemap is."""
    left_alone = ("/search", "/sign-in", "/sign-out", "/record", "/graphql", "/events", "/queries/")
    return "\n".join(
        (
            "User-agent: *",
            *(f"Disallow: {path}" for path in left_alone),
            "",
            f"Sitemap: {site.address}/sitemap.xml",
            "",
        )
    )


def _seen(of: Sequence[str]) -> Any:
    found = []
    for kind in of:
        listed = visible(shape_of(KINDS[kind]).table, None)
        rows = listed.rows.c
        found.append(
            select(
                literal(kind, Text).label("kind"), rows.key, rows.position, rows.updated_at
            ).where(listed.condition)
        )
    return union_all(*found).subquery("public")

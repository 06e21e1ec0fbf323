"""The templates: an environment for each language, with the same words and filters for every page.

Templates whose names end with `.txt` make plain text, in which nothing is escaped.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from service.pages.frame import addresses, names, terms
from service.pages.frame.assets import asset
from service.pages.frame.language import Language, languages

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
"""What moves the cursor, or the order of letters, instead of being shown."""


def rendered(template: str, language: Language, context: Mapping[str, Any]) -> str:
    """Return a template's text in a language."""
    return _environment(language.tag).get_template(template).render(context)


@cache
def _environment(tag: str) -> Environment:
    language = languages()[tag]
    environment = Environment(
        loader=PackageLoader("service", "pages"),
        extensions=["jinja2.ext.i18n"],
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # As `scripts/messages` finds them.
    environment.policies["ext.i18n.trimmed"] = True
    # The extension has no types.
    extension: Any = environment
    extension.install_gettext_translations(language.catalogue, newstyle=True)
    environment.globals.update(
        asset=lambda *names: asset(*names).address,
        of_kind=addresses.of_kind,
        live_address=addresses.live,
        sign_in_address=addresses.sign_in,
        language=language,
        words=terms.words,
    )
    environment.filters.update(
        address=addresses.of_subject,
        address_of_stream=addresses.of_stream,
        called=names.subject_name,
        day=language.day,
        on_one_line=on_one_line,
        field=lambda field: language.gettext(names.field_name(field)),
        instant=language.instant,
        month_and_year=language.month_and_year,
        number=language.number,
        percent=language.percent,
        term=lambda name, list_: language.gettext(terms.title(list_, name)),
        meaning=lambda name, list_: language.gettext(terms.meaning(list_, name)),
    )
    return environment


def on_one_line(text: str) -> str:
    """Return a text without line breaks and control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())

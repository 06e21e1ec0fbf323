"""The forms of a report: one HTML file, or Markdown."""

from enum import Enum
from typing import Final

from service.pages.figures.document import markdown
from service.pages.figures.document.content import Report
from service.pages.frame.assets import styles
from service.pages.frame.templates import rendered

_STYLES: Final = (
    *("palette.css", "frame.css", "charts.css", "figures.css", "report.css", "document.css"),
)


class Form(Enum):
    """How a report is written."""

    HTML = "html"
    MARKDOWN = "markdown"

    @classmethod
    def of_suffix(cls, suffix: str) -> "Form | None":
        """Return the form of files whose names end so; None if there is none."""
        return {".html": cls.HTML, ".htm": cls.HTML, ".md": cls.MARKDOWN}.get(suffix.lower())


def written(report: Report, form: Form) -> str:
    """Return the text of a report: as HTML it needs no other file."""
    if form is Form.MARKDOWN:
        return markdown.written(report)
    context = {"report": report, "style": styles(*_STYLES)}
    return rendered("figures/document/template.html", report.language, context)

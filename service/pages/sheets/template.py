"""The workbook that people fill in: a sheet for each common type, with titles, help and drop-downs."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from events.vocabulary.words.envelope import ATTRIBUTES as WORDS
from service.pages.record.form import Field, Widget
from service.pages.sheets.columns import ID, TIME, VISIBILITY, Layout
from service.pages.sheets.events import LISTS, START
from service.pages.sheets.layouts import COMMON
from service.pages.sheets.rows import HELP
from service.pages.sheets.values import ATTRIBUTE_TERMS

ROWS: Final = 200
"""How many rows of each sheet have an id."""

Entries = Mapping[str, Sequence[str]]
"""What cells may say of subjects, by the kind of these."""

_FIRST_ROW: Final = 3
_WIDTH: Final = 26
_SUBJECTS: Final = (Widget.SUBJECT, Widget.SUBJECTS)
_LISTED: Final = (Widget.SUBJECTS, Widget.CHOICES, Widget.EACH)
_TEXTS: Final = (Widget.LINE, Widget.LINES, Widget.QUESTION, Widget.EACH, Widget.ADDRESS)
_AS_TEXT: Final = "@"
_AS_DAY: Final = "yyyy-mm-dd"
_YES_OR_NO: Final = ("yes", "no")
_KEY_HELP: Final = (
    "Leave it empty, and a key is made. Give one if other rows of this workbook name what this row creates: letters, "
    "digits and - only. Others can find out that a key is in use."
)
_OWN: Final = "organisation"
_OWN_HELP: Final = "If you leave it empty, it is your own."
_EXPLAINED: Final = (
    "How to use this workbook",
    "Each row of a sheet is one thing that happened. Fill in as many sheets and rows as you like.",
    "The first row of a sheet has the titles of its columns. A * marks what is needed. The second row explains them.",
    "Leave the column Id as it is: by it, a row that is sent again is recognised. Write a new id in rows below the "
    f"{ROWS} that have one, or leave it empty; do not copy one.",
    "When it happened may be a day, or a day and a time, such as 2026-03-01 14:30.",
    "Several values of a cell have semicolons or line breaks between them.",
    "Where a list is offered, choose from it or write a key. What was recorded later is not in the lists.",
    "You may sort rows, add some, and leave columns out. A row that was changed after it was recorded is reported: "
    "record a correction instead.",
    "For the notes of a workshop, fill in the first sheet after this one: a row for each trial. While a trial is under "
    "way, leave out what you do not know yet; fill it in later and send the workbook again.",
    "To record it, sign in, open Record, then Record from a sheet, and upload the file. You see what would be recorded "
    "before anything is.",
    "Or with commands:  howcanwe record FILE.xlsx --to URL --dry-run  and then without --dry-run. Times of day need a "
    "time zone there:  --zone Europe/London",
)


def kinds_named() -> Sequence[str]:
    """Return the kinds of subjects that the sheets name."""
    fields = (field for layout in COMMON for field in layout.fields.values())
    return sorted({kind for field in fields for kind in field.kinds})


def template(entries: Entries, new_id: Callable[[], str], *, is_own: bool = False) -> bytes:
    """Return the workbook. `entries` are offered where subjects are named; each row has an id of its own.

    `is_own` says that an organisation fills it in, which need not name itself.
    """
    made = openpyxl.Workbook()
    _explain(made.active)
    lists = _Lists(made.create_sheet(LISTS))
    for layout in COMMON:
        sheet = made.create_sheet(layout.title)
        _fill(sheet, layout, entries, lists, new_id)
        if is_own:
            _leave_open(sheet, layout)
    made.move_sheet(LISTS, len(made.sheetnames))
    made[LISTS].sheet_state = "hidden"
    content = BytesIO()
    made.save(content)
    return content.getvalue()


class _Lists:
    """The hidden sheet with the values of drop-downs, a column for each list."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._places: dict[tuple[str, ...], str] = {}

    def place(self, values: Sequence[str]) -> str:
        """Return the cells that contain these values."""
        key = tuple(values)
        if key not in self._places:
            column = len(self._places) + 1
            for row, value in enumerate(key, 1):
                _write(self._sheet, row, column, value)
            letter = get_column_letter(column)
            self._places[key] = f"{quote_sheetname(LISTS)}!${letter}$1:${letter}${len(key)}"
        return self._places[key]


def _explain(sheet: Any) -> None:
    sheet.title = START
    sheet.column_dimensions["A"].width = 100
    for row, text in enumerate(_EXPLAINED, 1):
        cell = _write(sheet, row, 1, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)
    row = len(_EXPLAINED) + 2
    for layout in COMMON:
        cell = _write(sheet, row, 1, f"{layout.title}: {layout.use_when}")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        row += 1


def _fill(
    sheet: Any, layout: Layout, entries: Entries, lists: _Lists, new_id: Callable[[], str]
) -> None:
    fields = {**layout.times, **layout.fields}
    required = [name for name, field in fields.items() if field.is_required and "." not in name]
    for column, name in enumerate((ID, TIME, *fields, *layout.made, VISIBILITY), 1):
        field = fields.get(name)
        mark = " *" if name in (TIME, *required) else ""
        title = _write(sheet, 1, column, f"{layout.titles[name]}{mark}")
        title.font = Font(bold=True)
        title.alignment = Alignment(wrap_text=True, vertical="top")
        help_ = _write(sheet, 2, column, HELP if name == ID else _help(layout, name, field))
        help_.font = Font(italic=True)
        help_.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(column)
        dimension = sheet.column_dimensions[letter]
        dimension.width = 12 if name == ID else _WIDTH
        dimension.number_format = _format(name, field)
        _offer(sheet, letter, _offered(name, field, entries), lists, field)
    for row in range(_FIRST_ROW, _FIRST_ROW + ROWS):
        _write(sheet, row, 1, new_id())
    sheet.freeze_panes = f"C{_FIRST_ROW}"


def _leave_open(sheet: Any, layout: Layout) -> None:
    """Say of the column with the organisation that it may be left empty."""
    for cell in sheet[1]:
        if cell.value.rstrip(" *") == layout.titles.get(_OWN):
            _write(sheet, 1, cell.column, cell.value.rstrip(" *"))
            help_ = sheet.cell(2, cell.column)
            _write(sheet, 2, cell.column, f"{help_.value} {_OWN_HELP}")


def _help(layout: Layout, name: str, field: Field | None) -> str:
    if field is not None:
        condition = layout.conditions.get(name, "")
        return " ".join(filter(None, (condition, field.question, field.hint)))
    if name in layout.made:
        return _KEY_HELP
    words = WORDS[name]
    return f"{words.question} {words.hint}".strip()


def _format(name: str, field: Field | None) -> str:
    if name == TIME or (field is not None and field.widget is Widget.DAY):
        return _AS_DAY
    # Without it, a program takes a text for a formula or a date.
    return _AS_TEXT if field is None or field.widget in _TEXTS else "General"


def _offered(name: str, field: Field | None, entries: Entries) -> Sequence[str]:
    if field is None:
        return [term.title for term in ATTRIBUTE_TERMS.get(name, ())]
    if field.widget in _SUBJECTS:
        return [entry for kind in field.kinds for entry in entries.get(kind, ())]
    if field.widget is Widget.YES_OR_NO:
        return _YES_OR_NO
    return [term.title for term in field.terms]


def _offer(
    sheet: Any, letter: str, values: Sequence[str], lists: _Lists, field: Field | None
) -> None:
    if not values:
        return
    # Several values, and keys of subjects that are not listed, are written by hand.
    is_closed = field is None or field.widget not in (*_SUBJECTS, *_LISTED)
    offer = DataValidation(
        type="list", formula1=lists.place(values), allow_blank=True, showErrorMessage=is_closed
    )
    offer.add(f"{letter}{_FIRST_ROW}:{letter}{_FIRST_ROW + ROWS - 1}")
    sheet.add_data_validation(offer)


def _write(sheet: Any, row: int, column: int, text: str) -> Any:
    """Write a text, which stays one even if it begins like a formula."""
    cell = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    return cell

"""The workbook that people fill in: a sheet for each common type, with titles, help and drop-downs."""

from collections import defaultdict
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
from service.pages.sheets.events import LISTS, MORE, START
from service.pages.sheets.layouts import COMMON, FIRST_SHEETS, beginning
from service.pages.sheets.names import NAMING
from service.pages.sheets.rows import HELP
from service.pages.sheets.values import ATTRIBUTE_TERMS

ROWS: Final = 200
"""How many rows of each sheet have an id."""

Entries = Mapping[str, Sequence[str]]
"""What cells may say of subjects, by the kind of these."""

_FIRST_ROW: Final = 3
_OWN_ROWS: Final = 20
"""How many rows of a sheet are offered to the others by their words."""
_WIDTH: Final = 26
_ID_WIDTH: Final = 5
_SUBJECTS: Final = (Widget.SUBJECT, Widget.SUBJECTS)
_LISTED: Final = (Widget.SUBJECTS, Widget.CHOICES, Widget.EACH)
_TEXTS: Final = (Widget.LINE, Widget.LINES, Widget.QUESTION, Widget.EACH, Widget.ADDRESS)
_AS_TEXT: Final = "@"
_AS_DAY: Final = "yyyy-mm-dd"
_YES_OR_NO: Final = ("yes", "no")
_TIME_HELP: Final = "A day, such as 2026-03-01. A time of day may follow it."
_KEY_HELP: Final = (
    "Leave it empty, and a key is made. Give one if other rows of this workbook name what this row creates: letters, "
    "digits and - only. Others can find out that a key is in use."
)
_TICK: Final = "Tick all that apply."
_SEVERAL: Final = "Choose one, or write several with ; between them."
_IS_HIDDEN: Final = "hidden"
_OWN: Final = "organisation"
_OWN_HELP: Final = "If you leave it empty, it is your own."
_EXPLAINED: Final = (
    "How to use this workbook",
    "Fill in the sheets from left to right, from row 3 on. Row 2 explains; * is needed.",
    "To name something, choose it or write its words.",
    "Save, then run  howcanwe record FILE.xlsx --to URL  or upload it under Record.",
)
_HIDDEN: Final = "For more, such as A failure, right-click a tab: Unhide or Show Sheet."
_FURTHER: Final = (
    MORE,
    "Leave the column Id as it is: by it, a row that is sent again is recognised. Write a new id in rows below the "
    f"{ROWS} that have one, or leave it empty; do not copy one.",
    "When it happened may be a day, or a day and a time, such as 2026-03-01 14:30. Times of day need a time zone: the "
    "page asks for it, and the command takes  --zone Europe/London",
    "Several values of a cell have semicolons or line breaks between them.",
    "A subject may be named by its words or by its key. If several have the same words, the key says which is meant. "
    "Lists offer what was recorded when the workbook was made, and the first rows of its own sheets.",
    "You may sort rows, add some, and leave columns out. A row that was changed after it was recorded is reported: "
    "record a correction instead.",
    "A trial has one row. While it is under way, leave out what you do not know yet; fill it in later and send the "
    "workbook again.",
    "Press + above the columns for more of them.",
    "On the pages, sign in and choose Record, then Record from a sheet.",
    "That page, and the command with  --dry-run, show what would be recorded before anything is.",
)


def kinds_named() -> Sequence[str]:
    """Return the kinds of subjects that the sheets name."""
    fields = (field for layout in beginning() for field in layout.fields.values())
    return sorted({kind for field in fields for kind in field.kinds})


def template(
    entries: Entries, new_id: Callable[[], str], *, is_own: bool = False, begins: bool = False
) -> bytes:
    """Return the workbook. `entries` are offered where subjects are named; each row has an id of its own.

    `is_own` says that an organisation fills it in, which need not name itself. `begins` says that it also has the
    sheets with which a cohort begins.
    """
    layouts = beginning() if begins else COMMON
    made = openpyxl.Workbook()
    _explain(made.active, START, (*_EXPLAINED, _HIDDEN) if begins else _EXPLAINED)
    lists = _Lists(made.create_sheet(LISTS), entries, _written(layouts))
    for number, layout in enumerate(layouts):
        sheet = made.create_sheet(layout.title)
        if begins and number >= FIRST_SHEETS:
            sheet.sheet_state = _IS_HIDDEN
        _fill(sheet, layout, lists, new_id)
        if is_own:
            _leave_open(sheet, layout)
    uses = [f"{layout.title}: {layout.use_when}" for layout in layouts]
    _explain(made.create_sheet(MORE), MORE, (*_FURTHER, *uses))
    made.move_sheet(LISTS, len(made.sheetnames))
    made[LISTS].sheet_state = _IS_HIDDEN
    content = BytesIO()
    made.save(content)
    return content.getvalue()


Place = tuple[str, str]
"""A sheet and the letter of one of its columns."""


def _written(layouts: Sequence[Layout]) -> Mapping[str, Sequence[Place]]:
    """Return where the words of what the rows create are written, by its kind."""
    found: dict[str, list[Place]] = defaultdict(list)
    for layout in layouts:
        columns = _columns(layout)
        for part in layout.parts:
            for reference in part.kind.references:
                kind = reference.creates or ""
                column = part.columns.get(NAMING.get(kind, ""))
                if column in columns:
                    letter = get_column_letter(columns.index(column) + 1)
                    found[kind].append((layout.title, letter))
    return found


def _columns(layout: Layout) -> Sequence[str]:
    """Return the names of a sheet's columns: first those that most rows fill in."""
    often = [name for name in layout.fields if name not in layout.rarely]
    created = {one.creates for part in layout.parts for one in part.kind.references}
    # A name comes before the time of what it names.
    name = (
        often[:1] if often[:1] and often[0] in {NAMING.get(kind or "") for kind in created} else []
    )
    return [ID, *name, TIME, *often[len(name) :], *_folded(layout)]


def _folded(layout: Layout) -> Sequence[str]:
    """Return the names of the columns that few rows fill in."""
    rarely = [name for name in layout.fields if name in layout.rarely]
    return [*layout.times, *rarely, *layout.made, VISIBILITY]


class _Lists:
    """The hidden sheet with the values of drop-downs, a column for each list.

    `entries` are those of the record, `written` where the workbook itself has the words of what its rows create.
    """

    def __init__(
        self, sheet: Any, entries: Entries, written: Mapping[str, Sequence[Place]]
    ) -> None:
        self._sheet = sheet
        self._entries = entries
        self._written = written
        self._places: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}

    def of_kinds(self, kinds: Sequence[str]) -> str | None:
        """Return the cells with the subjects of these kinds; None if there are none to offer."""
        values = [entry for kind in kinds for entry in self._entries.get(kind, ())]
        # Several kinds have keys with their kinds.
        written = self._written.get(kinds[0], ()) if len(kinds) == 1 else ()
        formulas = [
            f'=IF({cell}="","",{cell})'
            for sheet, letter in written
            for row in range(_FIRST_ROW, _FIRST_ROW + _OWN_ROWS)
            for cell in [f"{quote_sheetname(sheet)}!{letter}{row}"]
        ]
        return self.place(values, formulas)

    def place(self, values: Sequence[str], formulas: Sequence[str] = ()) -> str | None:
        """Return the cells that contain these values; None if there are none."""
        key = tuple(values), tuple(formulas)
        length = len(values) + len(formulas)
        if length and key not in self._places:
            column = len(self._places) + 1
            for row, value in enumerate(values, 1):
                _write(self._sheet, row, column, value)
            for row, formula in enumerate(formulas, len(values) + 1):
                self._sheet.cell(row, column).value = formula
            letter = get_column_letter(column)
            self._places[key] = f"{quote_sheetname(LISTS)}!${letter}$1:${letter}${length}"
        return self._places.get(key)


def _explain(sheet: Any, title: str, texts: Sequence[str]) -> None:
    sheet.title = title
    sheet.column_dimensions["A"].width = 100
    for row, text in enumerate(texts, 1):
        cell = _write(sheet, row, 1, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)


def _fill(sheet: Any, layout: Layout, lists: _Lists, new_id: Callable[[], str]) -> None:
    fields, folded = {**layout.times, **layout.fields}, _folded(layout)
    required = [name for name, field in fields.items() if field.is_required and "." not in name]
    needed = {TIME, *required} - layout.empty.keys()
    before = ""
    for column, name in enumerate(_columns(layout), 1):
        field, condition = fields.get(name), layout.conditions.get(name, "")
        # Neighbours with the same condition have it once.
        help_ = _help(layout, name, field, "" if condition == before else condition)
        before = condition
        mark = " *" if name in needed else ""
        title = _write(sheet, 1, column, f"{layout.titles[name]}{mark}")
        title.font = Font(bold=True)
        title.alignment = Alignment(wrap_text=True, vertical="top")
        cell = _write(sheet, 2, column, HELP if name == ID else help_)
        cell.font = Font(italic=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(column)
        dimension = sheet.column_dimensions[letter]
        dimension.width = _ID_WIDTH if name == ID else _WIDTH
        dimension.number_format = _format(name, field)
        if name in folded:
            dimension.outlineLevel, dimension.hidden = 1, True
        _offer(sheet, letter, _offered(name, field, lists), field)
    # The button that unfolds columns is above the last one that is shown.
    sheet.sheet_properties.outlinePr.summaryRight = False
    for row in range(_FIRST_ROW, _FIRST_ROW + ROWS):
        _write(sheet, row, 1, new_id())
    sheet.freeze_panes = f"C{_FIRST_ROW}"
    _begin_at(sheet, f"B{_FIRST_ROW}")


def _begin_at(sheet: Any, cell: str) -> None:
    """Let a sheet open with the cursor in a cell of the columns that stay in view."""
    view = sheet.sheet_view
    view.pane.activePane = "bottomLeft"
    for selection in view.selection:
        if selection.pane == view.pane.activePane:
            selection.activeCell = selection.sqref = cell


def _leave_open(sheet: Any, layout: Layout) -> None:
    """Say of the column with the organisation that it may be left empty."""
    for cell in sheet[1]:
        if cell.value.rstrip(" *") == layout.titles.get(_OWN):
            _write(sheet, 1, cell.column, cell.value.rstrip(" *"))
            help_ = sheet.cell(2, cell.column)
            _write(sheet, 2, cell.column, f"{help_.value} {_OWN_HELP}")


def _help(layout: Layout, name: str, field: Field | None, condition: str) -> str:
    if name in layout.made:
        return _KEY_HELP
    if name == TIME:
        return " ".join(filter(None, (_TIME_HELP, layout.empty.get(name))))
    words = WORDS[name] if field is None else field
    others = " or ".join(f"'{layout.titles[other]}'" for other in layout.needs.get(name, ()))
    needed = f"Needed if you fill in {others}." if others else ""
    default = layout.default_of(name)
    assumed = f"If you leave it empty, it is '{default}', the weakest." if default else ""
    is_several = field is not None and field.widget in (Widget.CHOICES, Widget.SUBJECTS)
    several = _SEVERAL if is_several else ""
    # What is ticked in a form is written in a cell.
    hint = words.hint.replace(_TICK, "").strip()
    parts = condition, needed, words.question, hint, several, assumed, layout.empty.get(name, "")
    return " ".join(filter(None, parts))


def _format(name: str, field: Field | None) -> str:
    if name == TIME or (field is not None and field.widget is Widget.DAY):
        return _AS_DAY
    # Without it, a program takes a text for a formula or a date.
    return _AS_TEXT if field is None or field.widget in _TEXTS else "General"


def _offered(name: str, field: Field | None, lists: _Lists) -> str | None:
    """Return the cells with what a column offers; None if it offers nothing."""
    if field is None:
        return lists.place([term.title for term in ATTRIBUTE_TERMS.get(name, ())])
    if field.widget in _SUBJECTS:
        return lists.of_kinds(field.kinds)
    if field.widget is Widget.YES_OR_NO:
        return lists.place(_YES_OR_NO)
    return lists.place([term.title for term in field.terms])


def _offer(sheet: Any, letter: str, place: str | None, field: Field | None) -> None:
    if place is None:
        return
    # Several values, and keys of subjects that are not listed, are written by hand.
    is_closed = field is None or field.widget not in (*_SUBJECTS, *_LISTED)
    offer = DataValidation(
        type="list", formula1=place, allow_blank=True, showErrorMessage=is_closed
    )
    offer.add(f"{letter}{_FIRST_ROW}:{letter}{_FIRST_ROW + ROWS - 1}")
    sheet.add_data_validation(offer)


def _write(sheet: Any, row: int, column: int, text: str) -> Any:
    """Write a text, which stays one even if it begins like a formula."""
    cell = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    return cell

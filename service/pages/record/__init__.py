"""The pages `/record`, where people record what happened, and a form for each type of event."""

from service.pages.frame.page import Page
from service.pages.record.view import view

PAGES = (Page("record", "/record", view),)

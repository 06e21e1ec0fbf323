"""The pages `/record`, where people record what happened, and a form for each type of event."""

from service.pages.frame.page import Page
from service.pages.record.offers import buttons

PAGES = (Page("record", "/record", buttons),)

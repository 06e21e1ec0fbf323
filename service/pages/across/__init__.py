"""What is seen across cohorts: the cohorts beside each other, and themes that recur."""

from service.pages.frame.page import Page

PAGES: tuple[Page, ...] = ()

"""The page `/`: what this is, and the cohorts that the visitor sees."""

from service.pages.frame.page import Page
from service.pages.home.view import view

PAGES = (Page("home", "/", view),)

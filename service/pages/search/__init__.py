"""The page `/search`: what has some words in it."""

from service.pages.frame.page import Page
from service.pages.search.view import variables, view

PAGES = (Page("search", "/search", view, variables),)

"""Marks that say which rule a test breaks, or just keeps."""

import pytest


def breaks(rule: str) -> pytest.MarkDecorator:
    """Mark a test that breaks the rule, so that it is refused."""
    return pytest.mark.breaks(rule)


def keeps(rule: str) -> pytest.MarkDecorator:
    """Mark a test that just keeps the rule, so that it is recorded."""
    return pytest.mark.keeps(rule)

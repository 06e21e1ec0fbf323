"""Amending what was recorded: corrections, recording something again, and the question before more people see it."""

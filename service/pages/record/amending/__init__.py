"""Mending what was recorded: corrections, recording anew, and what is asked before something corrected is widened."""

"""Replay: reads the events of a server, a database or a file, for analysts' own tools. `howcanwe` has what they use.

Nothing is imported here, so that a program which needs a module of it does not load the others.
"""

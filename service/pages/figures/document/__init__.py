"""A report as a document of its own: figures, numbers over time and tables, with the records that they count.

The command `howcanwe report` makes it from any log. What is in it can be written in a file, `report.toml`.
"""

"""The figures of the insights: pure functions over what a viewer may see of the log, up to a position and a moment.

`projections.insights.book` keeps what the figures look at and is kept up to date event by event; `lens` says what
counts for a viewer; the other modules are the figures, a group each. `ledger` answers and keeps answers.
"""

"""The figures of the insights: pure functions over what a viewer may see of the log, up to a position and a moment.

`projections.insights.index.index` keeps what the figures look at and is kept up to date event by event; `perspective`
says what counts for a viewer; `figures` are the figures, a group a module. `cache` answers and keeps answers.
"""

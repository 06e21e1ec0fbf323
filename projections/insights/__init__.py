"""The figures: pure functions over what a viewer may see of the log, up to a position and a point in time.

`index` has the events and subjects in memory, and is updated with each event. `perspective` decides what is taken into
account for a viewer. `figures` has the figures, one module per subject. `cache` answers requests and keeps the answers.
"""

"""The states of the subjects, which the rules read, and the streams and cohort of an event."""

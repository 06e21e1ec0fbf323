"""The event log: the event types, the rules that each event must keep, and the log that stores the events."""

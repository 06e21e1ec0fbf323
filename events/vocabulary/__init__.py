"""The vocabulary: event types, their fields and terms, the typed event, and the faults that an event can have."""

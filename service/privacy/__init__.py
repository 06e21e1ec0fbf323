"""Personal data in the service: persons, and the events in quarantine."""

"""Personal data in the service: persons, and what waits in quarantine."""

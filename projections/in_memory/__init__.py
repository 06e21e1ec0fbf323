"""Read models without a database: journeys as they stood, and parts of a log."""

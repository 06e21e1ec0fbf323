"""The types of timeline entries: their common fields (`entry`), and a type for each type of event (`vocabulary`)."""

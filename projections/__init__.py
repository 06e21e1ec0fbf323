"""From the log to what people ask for: journeys, timelines, insights."""

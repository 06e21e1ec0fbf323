"""Fields that lead to journeys of organisations and to timelines."""

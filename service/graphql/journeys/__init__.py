"""Fields that lead to an organisation's journey and to timelines."""

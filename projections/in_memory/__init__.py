"""Read models without a database: journeys at an earlier time, and folding a log in parts."""

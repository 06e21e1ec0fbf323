"""Sample events: the demo's cohort, and the generator of invented cohorts."""

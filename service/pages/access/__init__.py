"""The page of who has access to a cohort: its keys, workshop codes, invitations and evaluators."""

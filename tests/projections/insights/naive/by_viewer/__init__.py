"""The figures for each kind of viewer, written without a thought of speed."""

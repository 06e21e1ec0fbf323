"""Folds a log into Parquet files, in this process, in several, or on the workers of a cluster."""

"""Folds a log into Parquet files, in this process or on the workers of a cluster."""

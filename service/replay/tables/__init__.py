"""The tables of a log as frames and files: Parquet, CSV, one DuckDB file or one workbook, with a data dictionary."""

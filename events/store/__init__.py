"""The log's tables in PostgreSQL, and every statement made against them."""

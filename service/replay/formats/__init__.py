"""The writers of the export formats."""

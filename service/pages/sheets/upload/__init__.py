"""The pages `/record/sheets`: people upload a workbook or a CSV file, see what would be recorded, and confirm it."""

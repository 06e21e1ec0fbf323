"""Files of sheets: workbooks and CSV files, as tables with rows of cells."""

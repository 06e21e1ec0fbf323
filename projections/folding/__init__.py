"""How events become rows, wherever the rows are kept."""

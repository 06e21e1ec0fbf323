"""How values of the graph stand in SQL, and what is known while an operation is compiled."""

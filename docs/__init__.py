"""The documentation: pages by hand, and the programs that write the reference."""

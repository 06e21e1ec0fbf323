"""The documentation is true: its examples do what they say, and its pages say what the code does."""

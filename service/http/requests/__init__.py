"""What a request says: its body, its headers and its parameters."""

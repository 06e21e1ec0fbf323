"""What an export holds, and how far it is."""

"""What breaks it: kills, floods, and input nobody meant."""

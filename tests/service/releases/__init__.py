"""What earlier releases wrote holds on."""

"""Options, input and output that commands share."""

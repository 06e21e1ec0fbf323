"""What operators see: metrics, messages, the clock and signals."""

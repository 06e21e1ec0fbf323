"""What subscriptions follow, and the frames that they send."""

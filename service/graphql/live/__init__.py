"""The feeds that subscriptions follow, and the frames that they send."""

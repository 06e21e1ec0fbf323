"""What is measured of the log, the read models and replays."""

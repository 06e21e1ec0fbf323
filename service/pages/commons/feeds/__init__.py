"""The feeds: what was asked, tried, learned and published lately, as far as it is public."""

"""What the service keeps beside the log: keys, the quarantine, and facts about itself."""

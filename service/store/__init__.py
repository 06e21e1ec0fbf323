"""The service's own tables beside the log: keys, the quarantine, consumers and facts."""

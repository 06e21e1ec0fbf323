"""The service's own tables beside the log: keys, evaluators' tokens, the quarantine, consumers and facts."""

"""The service's own tables beside the log: keys, evaluators' tokens, the quarantine, uploads, consumers and facts."""

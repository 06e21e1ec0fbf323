"""Every event and subject in memory, as the figures look at them."""

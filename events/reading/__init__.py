"""Reading: the events that a viewer may see, and notifications of new ones."""

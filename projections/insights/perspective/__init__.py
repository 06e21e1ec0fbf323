"""The part of the index that is taken into account for a viewer and a request."""

"""The root types `Query` and `Subscription`, and the fields that only they have."""

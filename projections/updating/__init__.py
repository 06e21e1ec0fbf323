"""Keeping the read models up to date: the runner, the builds, and the read models on a replica."""

"""What keeps read models up to date: the runner, the builds, and the replica."""

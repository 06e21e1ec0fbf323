"""Where an operation begins: `Query`, `Subscription`, and the fields that stand nowhere else."""

"""What a cohort knows, and who has it from whom."""

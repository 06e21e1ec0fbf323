"""The course of a cohort, from its formation to its close."""

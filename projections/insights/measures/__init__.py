"""How figures count, divide and compare."""

"""Values of fields and arguments: scalars, and closed lists of terms."""

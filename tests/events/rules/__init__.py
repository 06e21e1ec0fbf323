"""Every rule of the vocabulary: broken, and just kept."""

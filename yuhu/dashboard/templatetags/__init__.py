"""Template tags of the pages that show figures."""

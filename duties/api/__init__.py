"""API of the duty lists and their items."""

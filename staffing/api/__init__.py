"""API of units, and of a block with the people in its posts."""

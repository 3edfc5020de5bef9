"""Pages of people and their posts."""

"""Commands that start and prepare processes."""

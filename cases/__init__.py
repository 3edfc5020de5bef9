"""What went wrong and what was done about it: the loop."""

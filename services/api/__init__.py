"""API of the service catalogue."""

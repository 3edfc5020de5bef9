"""The append-only record of what happened, and the feed that everything outward reads."""

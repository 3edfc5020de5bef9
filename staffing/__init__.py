"""Who: people, units, posts with dates, the roster 1+N+1."""

"""Django's PostgreSQL back end, which asks less often whether a connection still lives."""

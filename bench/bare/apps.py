"""The bare project's only app."""

from django.apps import AppConfig


class BareConfig(AppConfig):
    """``bare``, without migrations: ``migrate --run-syncdb`` makes its tables."""

    name = "bench.bare"
    label = "bare"

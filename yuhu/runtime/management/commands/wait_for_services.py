"""``manage.py wait_for_services``: returns when the database, and Redis if it is set, answer.

For start scripts of machines on which everything starts at once. Leaves to others: whether the schema is right
(``migrate --check``).
"""

import argparse
import time
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection


class Command(BaseCommand):
    """Asks every half second until both answer or the time is over."""

    help = "Waits until the database and Redis answer."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """How long to wait at most."""
        parser.add_argument("--seconds", type=float, default=60.0, help="give up after this time")

    def handle(self, *args: Any, seconds: float, **options: Any) -> None:
        """Wait, or fail with the last reason."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._ask()
                break
            except (DatabaseError, InterfaceError, redis.RedisError) as problem:
                connection.close()
                if time.monotonic() >= deadline:
                    raise CommandError(f"No answer after {seconds:.0f} s: {problem}") from problem
                time.sleep(0.5)
        self.stdout.write("The services answer.")

    def _ask(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if settings.REDIS_URL:
            with redis.Redis.from_url(
                settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2
            ) as client:
                client.ping()

"""Whole systems for drills: a folder, a database of its own on the engine that the tests run on, and its commands."""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings

from tests.runtime.machine import BASE, environment

KEY = "a drill's key, long enough"
# The same in every system: a restored one needs those of the first.
SECRETS = {
    name: f"{name.lower()} of the drill"
    for name in ("SECRET_KEY", "JOURNAL_KEY", "PERSON_KEYS", "PERSON_INDEX_KEY")
}


class System:
    """One installation: database, files, head file."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.database_url = folder, database_url
        self.files = folder / "files"

    def env(self, **more: str) -> dict[str, str]:
        own = {"DATABASE_URL": self.database_url, "BACKUP_KEY": KEY, "PYTHONPATH": str(BASE)}
        return environment(self.folder, **own, **SECRETS) | more

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Begin a command and do not wait."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=BASE, env=self.env(**more), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def manage(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", *arguments, **more)

    def life(self, *arguments: str) -> Any:
        """Ask ``tests.runtime.drill_life``; it answers in JSON."""
        done = self.run("-m", "tests.runtime.drill_life", *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@contextmanager
def a_system(folder: Path) -> Iterator[System]:
    """An empty installation; its database goes afterwards."""
    folder.mkdir()
    configured = settings.DATABASES["default"]
    if "postgresql" not in configured["ENGINE"]:
        yield System(folder, f"sqlite:///{folder / 'yuhu.sqlite3'}")
        return
    name = f"drill_{uuid.uuid4().hex[:12]}"
    _as_owner(f'CREATE DATABASE "{name}"')
    try:
        who = quote(configured["USER"] or "")
        secret = f":{quote(configured['PASSWORD'])}" if configured["PASSWORD"] else ""
        address = f"{configured['HOST'] or '127.0.0.1'}:{configured['PORT'] or 5432}"
        yield System(folder, f"postgres://{who}{secret}@{address}/{name}")
    finally:
        _as_owner(f'DROP DATABASE "{name}" WITH (FORCE)')


def asked(system: System, query: str) -> Any:
    """The single value that the PostgreSQL server says about a system's database."""
    import psycopg2

    with closing(psycopg2.connect(system.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def at_work(system: System, program: str) -> int:
    """How many connections of ``program`` are in the middle of something. Looked at from another database: a restore
    refuses one in which it sees anybody else, an onlooker too.
    """
    with _owner() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s AND application_name = %s"
            " AND state IN ('active', 'idle in transaction')",
            [system.database_url.rpartition("/")[2], program],
        )
        return int(cursor.fetchone()[0])


def _as_owner(statement: str) -> None:
    with _owner() as cursor:
        cursor.execute(statement)


@contextmanager
def _owner() -> Iterator[Any]:
    import psycopg2

    configured = settings.DATABASES["default"]
    connection = psycopg2.connect(
        host=configured["HOST"] or "127.0.0.1",
        port=configured["PORT"] or 5432,
        user=configured["USER"],
        password=configured["PASSWORD"],
        dbname="postgres",
    )
    with closing(connection):
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor

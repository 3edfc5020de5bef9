"""What only one database engine knows: a consistent dump while people work, and its way back. Both versions.

* PostgreSQL: one snapshot for ``pg_dump`` (custom format) and for everything that is counted beside it; back through
  ``pg_restore`` in a single transaction, so that a killed restore leaves an empty database.
* SQLite: the online backup under one read transaction (in WAL mode writers go on), compressed; back as a file that is
  put in its place in one step.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from yuhu.runtime.backup import BackupError
from yuhu.runtime.backup.archive import PIECE, Progress, sync_folder
from yuhu.runtime.backup.content import LEFT_OUT

_DEBIAN = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_COPY_PAGES = 4_000
_LEFT_SECONDS = 24 * 3600


class Snapshot(Protocol):
    """One moment of the database."""

    def cursor(self) -> Any:
        """A cursor that sees this moment."""

    def stream(self) -> Any:
        """The same for one query of many rows, which are not all fetched at once."""

    def dump(self, tell: Progress) -> Iterator[bytes]:
        """The dump of this moment, piece by piece."""


class Target(Protocol):
    """The database to restore into."""

    def connections(self) -> int:
        """How many others use it."""

    def is_empty(self) -> bool:
        """Whether it holds no table."""

    def load(self, pieces: Iterable[bytes], *, replace: bool) -> None:
        """Make it what was dumped, whole or not at all; ``replace`` removes what is there."""


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """A moment of the configured database."""
    with (_postgres if connection.vendor == "postgresql" else _sqlite)() as taken:
        yield taken


def target() -> Target:
    """The configured database, to restore into."""
    return PostgresTarget() if connection.vendor == "postgresql" else SqliteTarget()


# --- PostgreSQL --------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostgresSnapshot:
    """Named by the server; valid while its transaction lasts."""

    name: str

    def cursor(self) -> Any:
        return connection.cursor()

    def stream(self) -> Any:
        return connection.chunked_cursor()

    def dump(self, tell: Progress) -> Iterator[bytes]:
        """What ``pg_dump`` writes; it compresses by itself."""
        command = [
            tool("pg_dump"),
            "--format=custom",
            f"--snapshot={self.name}",
            "--no-owner",
            "--no-privileges",
        ]
        command += [f"--exclude-table-data={table}" for table in LEFT_OUT]
        with tempfile.TemporaryFile() as said, _running(command, said, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            while piece := process.stdout.read(PIECE):
                tell(len(piece))
                yield piece
            _require_success(process, said)


@contextmanager
def _postgres() -> Iterator[Snapshot]:
    tool("pg_dump")  # before anything is begun
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield PostgresSnapshot(cursor.fetchone()[0])


class PostgresTarget:
    """Tables, views, sequences and functions of the current schema."""

    def __init__(self) -> None:
        tool("pg_restore")

    def connections(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            return int(cursor.fetchone()[0])

    def is_empty(self) -> bool:
        with connection.cursor() as cursor:
            return not connection.introspection.get_table_list(cursor)

    def load(self, pieces: Iterable[bytes], *, replace: bool) -> None:
        if replace:
            _drop_all()
        connection.close()
        command = [tool("pg_restore"), "--single-transaction", "--no-owner", "--no-privileges", "--dbname"]
        with tempfile.TemporaryFile() as said, _running(command, said, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            try:
                for piece in pieces:
                    process.stdin.write(piece)
                process.stdin.close()
            except BrokenPipeError:
                pass  # it has ended already and says why
            except BaseException:
                process.kill()  # an end of its input would let it commit a half
                raise
            _require_success(process, said)


def _drop_all() -> None:
    """Drop what a dump of ours would make: extensions and whatever belongs to them stay."""
    kinds = {
        "r": "TABLE",
        "p": "TABLE",
        "v": "VIEW",
        "m": "MATERIALIZED VIEW",
        "S": "SEQUENCE",
        "f": "FOREIGN TABLE",
    }
    ours = "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.oid AND d.deptype IN ('e', 'i', 'a'))"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relkind::text, oid::regclass::text FROM pg_class o"
            f" WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r','p','v','m','S','f') AND {ours}"
        )
        for kind, name in cursor.fetchall():
            cursor.execute(f"DROP {kinds[kind]} IF EXISTS {name} CASCADE")
        cursor.execute(
            "SELECT oid::regprocedure::text FROM pg_proc o"
            f" WHERE pronamespace = current_schema()::regnamespace AND {ours}"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP ROUTINE IF EXISTS {name} CASCADE")


def tool(name: str) -> str:
    """Path of a PostgreSQL program that is not older than the server.

    Raises:
        BackupError: there is none; says what to install.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        wanted = int(cursor.fetchone()[0]) // 10_000
    found = []
    for path in _candidates(name):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        if match := _VERSION.search(said):
            found.append(int(match[1]))
            if found[-1] >= wanted:
                return path
    here = f"only version {max(found)} is here" if found else "it is not on this machine"
    raise BackupError(
        f"{name} of PostgreSQL {wanted} or newer is needed, and {here}. On Debian: apt-get install "
        f"postgresql-client-{wanted} (from apt.postgresql.org where Debian's own is older)."
    )


def _candidates(name: str) -> list[str]:
    """Debian keeps every version beside the others; the newest first, then whatever is in the path."""
    versions = [path for path in _DEBIAN.glob(f"*/bin/{name}") if path.parts[-3].isdigit()]
    known = [str(path) for path in sorted(versions, key=lambda path: int(path.parts[-3]), reverse=True)]
    return known + [path for path in [shutil.which(name)] if path]


@contextmanager
def _running(
    command: list[str], said: IO[bytes], *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The program on our database. Its password goes through the environment, which other users cannot read."""
    arguments, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    command = [command[0], *arguments[1:-1], *command[1:], arguments[-1]]
    with subprocess.Popen(
        command, env={**os.environ, **(environment or {})}, stderr=said, stdin=stdin, stdout=stdout
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _require_success(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    if process.wait() != 0:
        said.seek(0)
        reason = said.read().decode(errors="replace").strip()
        raise BackupError(f"PostgreSQL's tool failed: {reason}")


# --- SQLite ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SqliteSnapshot:
    """A copy of the database's file, which is gone when the backup ends."""

    copy: sqlite3.Connection
    path: Path

    def cursor(self) -> Any:
        return self.copy.cursor()

    stream = cursor

    def dump(self, tell: Progress) -> Iterator[bytes]:
        """The file, compressed."""
        squeeze, waiting = zlib.compressobj(1), bytearray()
        with self.path.open("rb") as source:
            while block := source.read(PIECE):
                tell(len(block))
                waiting += squeeze.compress(block)
                if len(waiting) >= PIECE:
                    yield bytes(waiting)
                    waiting.clear()
        yield bytes(waiting + squeeze.flush())


@contextmanager
def _sqlite() -> Iterator[Snapshot]:
    """Copied beside the database, where as much may be read of it as of the database itself."""
    path = Path(connection.settings_dict["NAME"])
    for left in path.parent.glob(f".{path.name}.backup-*"):
        if left.stat().st_mtime < time.time() - _LEFT_SECONDS:
            shutil.rmtree(left, ignore_errors=True)  # of a backup that was killed
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.backup-", dir=path.parent) as folder:
        copy = sqlite3.connect(Path(folder, "copy.sqlite3"), isolation_level=None)
        source = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=20)
        try:
            # The open read transaction holds the moment; without it every commit would begin the copying anew.
            source.execute("BEGIN")
            source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            source.backup(copy, pages=_COPY_PAGES)
            source.close()
            copy.execute("PRAGMA journal_mode=DELETE").fetchone()
            for table in LEFT_OUT:
                copy.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
            yield SqliteSnapshot(copy, Path(folder, "copy.sqlite3"))
        finally:
            source.close()
            copy.close()


class SqliteTarget:
    """The database's file; what is replaced stays beside it under another name."""

    def __init__(self) -> None:
        self.path = Path(connection.settings_dict["NAME"])

    def connections(self) -> int:
        """Leaving WAL mode needs the file for oneself: the engine's own test."""
        connection.close()
        if not self.path.exists():
            return 0
        probe = sqlite3.connect(self.path, isolation_level=None, timeout=0)
        try:
            probe.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError:
            return 1
        finally:
            probe.close()
        return 0

    def is_empty(self) -> bool:
        if not self.path.exists():
            return True
        with connection.cursor() as cursor:
            return not connection.introspection.get_table_list(cursor)

    def load(self, pieces: Iterable[bytes], *, replace: bool) -> None:
        connection.close()
        fresh = self.path.with_name(f".{self.path.name}.restore")
        spread = zlib.decompressobj()
        with fresh.open("wb") as out:
            for piece in pieces:
                while piece:
                    out.write(spread.decompress(piece, PIECE))
                    piece = spread.unconsumed_tail
            out.write(spread.flush())
            out.flush()
            os.fsync(out.fileno())
        if replace and self.path.exists():
            os.replace(self.path, self._spare_name())
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        os.replace(fresh, self.path)
        sync_folder(self.path.parent)

    def _spare_name(self) -> Path:
        number = 1
        while (spare := self.path.with_name(f"{self.path.name}.before-restore-{number}")).exists():
            number += 1
        return spare

"""Making an archive while people work: one moment of the database, then every file that this moment names.

Photos are written before their rows and never changed, so a file that a row of the snapshot names is there when the
snapshot is; what came later is not named and not taken. Leaves to others: encryption and checksums (``archive``).
"""

import datetime as dt
import fcntl
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.core.files.storage import Storage, default_storage
from django.db import connection

import yuhu
from yuhu.runtime.backup import BackupError, content, engines
from yuhu.runtime.backup.archive import (
    DATABASE,
    FILES,
    HEADS,
    PARTIAL,
    SUFFIX,
    ArchiveWriter,
    Facts,
    Progress,
    appearing,
)

_NAME = "yuhu-{at:%Y%m%dT%H%M%SZ}" + SUFFIX


@dataclass
class Made:
    """The finished archive. ``missing``: files that a row names and the storage does not have."""

    path: Path
    manifest: Facts
    missing: list[str] = field(default_factory=list)


def make(*, folder: Path, passphrase: str, head_file: Path, at: dt.datetime, tell: Progress) -> Made:
    """Write an archive into ``folder``.

    Raises:
        BackupError: no key, no tools, another backup is being written there, or a part cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / _NAME.format(at=at)
    missing: list[str] = []
    with ExitStack() as until_closed:
        until_closed.enter_context(_alone(folder))
        names = until_closed.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))
        out = until_closed.enter_context(appearing(target))
        with engines.snapshot() as snapshot:
            start = {**_about(at), **content.facts(snapshot.cursor(), content.tables())}
            writer = until_closed.enter_context(ArchiveWriter(out, passphrase, start, tell=tell))
            writer.add_pieces(DATABASE, snapshot.dump(tell))
            names.writelines(f"{name}\n" for name in content.file_names(snapshot.stream))
        if head_file.exists():
            with head_file.open("rb") as heads:
                writer.add(HEADS, heads, os.fstat(heads.fileno()).st_size)
        number = _add_files(writer, names, missing)
        manifest = writer.finish(files=number, missing_files=len(missing))
    return Made(target, manifest, missing)


def archives(folder: Path) -> list[Path]:
    """The finished archives of a folder, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def forget(folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the ``keep`` newest archives; returns what was removed."""
    gone = archives(folder)[: -keep or None]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _about(at: dt.datetime) -> Facts:
    return {
        "made_at": at.isoformat(timespec="seconds"),
        "release": yuhu.VERSION,
        "engine": connection.vendor,
        "machine": platform.node(),
        "keys": content.fingerprints(),
    }


def _add_files(writer: ArchiveWriter, names: IO[str], missing: list[str]) -> int:
    """Add every named file; returns how many there were, and puts those that are not into ``missing``."""
    number = 0
    names.seek(0)
    for line in names:
        name = line.removesuffix("\n")
        if _add_file(writer, default_storage, name):
            number += 1
        else:
            missing.append(name)
    return number


def _add_file(writer: ArchiveWriter, storage: Storage, name: str) -> bool:
    """Whether the storage had it."""
    try:
        stored: IO[bytes]
        with storage.open(name) as stored:
            writer.add(f"{FILES}{name}", stored, storage.size(name))
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time into a folder; what a killed one left goes."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup is being written into {folder}.") from None
        for left in folder.glob(f".*{SUFFIX}{PARTIAL}"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)

"""Bringing an archive back: nothing is touched before everything is proved, and a killed restore can be repeated.

Order: the files first (a file without a row harms nobody), then the database in one step. So at every moment the
database is empty or whole, and when it is whole its files are there. Leaves to others: asking the person.
"""

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

from yuhu.runtime.backup import BackupError, archive, content, engines
from yuhu.runtime.backup.archive import DATABASE, FILES, HEADS, Facts, Progress

_BLOCK = 1 << 20
_SPOOL = 32 << 20
_DRAFTS = "restoring"


@dataclass
class Outcome:
    """What stands in the target now, compared with the manifest."""

    differences: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    files: int = 0
    files_missing: int = 0


def refuse_unfit(manifest: Facts, *, other_keys: bool) -> None:
    """Refuse an archive that cannot be used here, before anything is touched.

    Raises:
        BackupError: another engine, a newer release, or keys without which the data cannot be read.
    """
    if manifest["engine"] != connection.vendor:
        raise BackupError(
            f"The archive holds a {manifest['engine']} database, and DATABASE_URL names a {connection.vendor} one."
        )
    ours = _migrations()
    known = {*ours, *(f"{app}.{name}" for one in ours.values() for app, name in one.replaces)}
    if unknown := sorted(set(manifest["migrations"]) - known):
        raise BackupError(
            f"The archive is of release {manifest['release']}, which has migrations that this release does not "
            f"know ({unknown[0]}, {len(unknown)} in all): install that release first."
        )
    lacking = content.missing_keys(manifest)
    if lacking and not other_keys:
        raise BackupError(
            f"{', '.join(lacking)} of this machine are not those of the archive's system: set them to the values that "
            "you kept. Keys are never inside an archive. (--other-keys restores all the same.)"
        )


def restore_files(
    source: BinaryIO, passphrase: str, *, head_file: Path, replace: bool, tell: Progress
) -> None:
    """Put every file of the archive into the storage; what is there already and equal stays.

    Raises:
        BackupError: another file has the name, and ``replace`` is not set.
    """
    for name, stored, _size in archive.parts(source, passphrase):
        if name == HEADS and not head_file.exists():
            head_file.parent.mkdir(parents=True, exist_ok=True)
            with archive.appearing(head_file) as out:
                shutil.copyfileobj(stored, out, _BLOCK)
        elif name.startswith(FILES):
            with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as whole:
                shutil.copyfileobj(stored, whole, _BLOCK)
                tell(whole.tell())
                _put(default_storage, name.removeprefix(FILES), whole, replace=replace)
    with suppress(OSError, NotImplementedError):
        Path(default_storage.path(_DRAFTS)).rmdir()


def restore_database(
    target: engines.Target, source: BinaryIO, passphrase: str, *, replace: bool, tell: Progress
) -> None:
    """Put the archive's database into ``target``, whole or not at all."""
    target.load(_database_pieces(source, passphrase, tell), replace=replace)


def compare(manifest: Facts) -> Outcome:
    """Count again what the archive counted, and look for every file that a row names."""
    outcome = Outcome()
    with connection.cursor() as cursor:
        found = content.facts(cursor, sorted(manifest["tables"]))
    for table, rows in manifest["tables"].items():
        if found["tables"][table] != rows:
            outcome.differences.append(f"{table}: {found['tables'][table]} rows, not {rows}")
    if found["feed_head"] != manifest["feed_head"]:
        outcome.differences.append("the feed ends elsewhere")
    outcome.behind = sorted(_migrations().keys() - set(found["migrations"]))
    for name in content.file_names(connection.chunked_cursor):
        outcome.files += 1
        outcome.files_missing += not default_storage.exists(name)
    if outcome.files_missing > manifest["missing_files"]:
        outcome.differences.append(f"{outcome.files_missing} files of {outcome.files} are missing")
    return outcome


def _migrations() -> dict[str, Migration]:
    """Those of this release, by app and name; some take the place of several former ones."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {f"{app}.{name}": one for (app, name), one in loader.disk_migrations.items()}


def _database_pieces(source: BinaryIO, passphrase: str, tell: Progress) -> Iterator[bytes]:
    begun = False
    for name, piece, size in archive.parts(source, passphrase):
        if name.startswith(DATABASE):
            begun = True
            tell(size)
            yield piece.read()
        elif begun:
            return  # the rest was proved before


def _put(storage: Storage, name: str, whole: IO[bytes], *, replace: bool) -> None:
    if storage.exists(name):
        whole.seek(0)
        with storage.open(name) as there:
            if _digest(there) == _digest(whole):
                return
        if not replace:
            raise BackupError(f"Another file stands in the storage as {name}: nothing was overwritten.")
        storage.delete(name)
    whole.seek(0)
    if not isinstance(storage, FileSystemStorage):
        storage.save(name, File(whole, name))  # an object store shows an object only when it is whole
        return
    # The same on a disk: a killed restore leaves no half a photo under the name of a whole one.
    draft = storage.save(f"{_DRAFTS}/{uuid.uuid4().hex}", File(whole, name))
    path = Path(storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(storage.path(draft), path)


def _digest(content_of: IO[bytes] | File) -> bytes:  # type: ignore[type-arg]
    digest = hashlib.sha256()
    while block := content_of.read(_BLOCK):
        digest.update(block)
    return digest.digest()

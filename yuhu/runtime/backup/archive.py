"""Parts in a sealed tar: written as a stream, closed by a list of checksums and a manifest, checked to the last byte.

    start.json      what the archive holds, known before the first part: release, time, counts, migrations
    database/…      the database's own dump, cut into pieces of which one fits into memory
    journal-heads   the file outside the database that remembers the feed's ends, if there is one
    files/…         every file that a row of the dump names
    parts.txt       sha256, size and name of each of these
    manifest.json   the start once more, and the sha256 of ``parts.txt``; without it an archive is not whole

A plain tar once it is decrypted (decision 0019). While it is written it has a name that nobody takes for a backup; the
finished one appears under its name in one step, after it has reached the disk.
"""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Self, cast

from yuhu.runtime.backup import BackupError
from yuhu.runtime.backup.sealing import SealedReader, SealedWriter

SUFFIX, PARTIAL = ".yuhubak", ".part"
START, PARTS, MANIFEST = "start.json", "parts.txt", "manifest.json"
DATABASE, HEADS, FILES = "database/", "journal-heads", "files/"
PIECE = 8 << 20
_BLOCK = 1 << 20
# Names of parts are kept in memory up to here, then in a temporary file.
_SPOOL = 4 << 20

Facts = dict[str, Any]
Progress = Callable[[int], object]


class ArchiveWriter:
    """Adds parts one after the other; a context, since the list of parts may be a temporary file."""

    def __init__(self, out: BinaryIO, passphrase: str, start: Facts, *, tell: Progress) -> None:
        self._sealed = SealedWriter(out, passphrase)
        # Closed by `finish`; after a failure nothing more is written.
        self._tar = tarfile.open(mode="w|", fileobj=cast("IO[bytes]", self._sealed), bufsize=_BLOCK)  # noqa: SIM115
        self._text = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115 - closed by __exit__
        self._list = _PartList(self._text)
        self._start, self._tell = start, tell
        self._add_text(START, json.dumps(start, ensure_ascii=False, sort_keys=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._text.close()

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Add a part of known size.

        Raises:
            BackupError: it did not have this size.
        """
        info = tarfile.TarInfo(name)
        info.size = size
        measured = _Measured(source, self._tell)
        try:
            self._tar.addfile(info, cast("IO[bytes]", measured))
        except OSError as problem:
            raise BackupError(f"{name} could not be read to its end: {problem}") from problem
        self._tar.members = []  # type: ignore[attr-defined]  # tarfile would keep every name in memory
        self._list.add(name, measured)

    def add_pieces(self, prefix: str, pieces: Iterable[bytes]) -> None:
        """Add a stream of unknown size as numbered parts."""
        for number, piece in enumerate(pieces):
            self.add(f"{prefix}{number:08d}", io.BytesIO(piece), len(piece))

    def finish(self, **more: object) -> Facts:
        """Close the archive; returns its manifest."""
        totals = self._list.totals()
        self._text.seek(0)
        info = tarfile.TarInfo(PARTS)
        info.size = totals["list_bytes"]
        self._tar.addfile(info, self._text)
        manifest = {**self._start, **more, "parts": totals}
        self._add_text(MANIFEST, json.dumps(manifest, ensure_ascii=False, sort_keys=True))
        self._tar.close()
        self._sealed.finish()
        return manifest

    def _add_text(self, name: str, text: str) -> None:
        info = tarfile.TarInfo(name)
        info.size = len(text.encode())
        self._tar.addfile(info, io.BytesIO(text.encode()))


def parts(source: BinaryIO, passphrase: str) -> Iterator[tuple[str, IO[bytes], int]]:
    """Name, content and size of every member, in their order; each must be read before the next."""
    source.seek(0)
    reader = SealedReader(source, passphrase)
    try:
        with tarfile.open(mode="r|", fileobj=cast("IO[bytes]", reader), bufsize=_BLOCK) as tar:
            while (member := tar.next()) is not None:
                content = tar.extractfile(member)
                assert content is not None
                yield member.name, content, member.size
                tar.members = []  # type: ignore[attr-defined]  # see above
        while reader.read(_BLOCK):
            pass  # to the last chunk, which proves that nothing is missing
    except tarfile.TarError as problem:
        raise BackupError(f"The archive cannot be read: {problem}") from problem


def read_start(source: BinaryIO, passphrase: str) -> Facts:
    """What the archive says that it holds. Only its first chunk is read: nothing else is proved."""
    for name, content, _size in parts(source, passphrase):
        if name != START:
            break
        return cast(Facts, json.loads(content.read()))
    raise BackupError("The archive does not begin as a backup does.")


def verify(source: BinaryIO, passphrase: str, *, tell: Progress) -> Facts:
    """Read everything, compare every checksum; returns the manifest.

    Raises:
        BackupError: the archive is not exactly what was written.
    """
    seen, listed, manifest = _PartList(), "", None
    for name, content, _size in parts(source, passphrase):
        if name == START:
            content.read()
        elif name == PARTS:
            listed = _digest(content)
        elif name == MANIFEST:
            manifest = cast(Facts, json.loads(content.read()))
        else:
            measured = _Measured(content, tell)
            while measured.read(_BLOCK):
                pass
            seen.add(name, measured)
    totals = seen.totals()
    if manifest is None or manifest["parts"] != totals or listed != totals["sha256"]:
        raise BackupError("The archive's parts are not those of its manifest: it is not used.")
    return manifest


@contextmanager
def appearing(target: Path) -> Iterator[BinaryIO]:
    """A file that gets its name only when it is whole and on the disk; after a failure nothing is left."""
    partial = target.with_name(f".{target.name}{PARTIAL}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb", buffering=_BLOCK) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial, target)
        sync_folder(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the folder's names on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Measured:
    """Counts and digests what is read through it."""

    def __init__(self, source: IO[bytes], tell: Progress) -> None:
        self._source, self._tell = source, tell
        self.size, self.digest = 0, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.size += len(data)
        self.digest.update(data)
        self._tell(len(data))
        return data


class _PartList:
    """``parts.txt`` as it grows, in the format of sha256sum with sizes; written to ``text`` where one is given."""

    def __init__(self, text: IO[bytes] | None = None) -> None:
        self._text, self._digest = text, hashlib.sha256()
        self._count = self._bytes = self._length = 0

    def add(self, name: str, part: _Measured) -> None:
        line = f"{part.digest.hexdigest()} {part.size} {name}\n".encode()
        if self._text is not None:
            self._text.write(line)
        self._digest.update(line)
        self._count += 1
        self._bytes += part.size
        self._length += len(line)

    def totals(self) -> dict[str, Any]:
        """What the list adds up to."""
        return {
            "count": self._count,
            "bytes": self._bytes,
            "list_bytes": self._length,
            "sha256": self._digest.hexdigest(),
        }


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := content.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()

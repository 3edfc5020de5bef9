"""Where files are kept: whole or not at all, and a refusal that says so when the store does not answer.

A row must never point to a file that is missing or half written, so a file lies on the disk before its row is
committed. A store that hangs must not hold the threads that serve pages: each wait is bounded, and after some failures
in a row nobody waits for a while. Leaves to others: which store it is (settings), S3 (s3.py).
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from yuhu.kit.breaker import Breaker
from yuhu.kit.exceptions import FilesAway

store = Breaker(failures=3, rest=5.0, longest=30.0)


@contextmanager
def asking(*faults: type[Exception]) -> Iterator[None]:
    """Talk to the store; ``faults`` mean that it cannot be used now.

    Raises:
        FilesAway: it failed, or failed so often that it is left alone.
    """
    if store.rests:
        raise FilesAway
    try:
        yield
    except FileNotFoundError:
        store.worked()
        raise
    except faults as error:
        store.failed()
        raise FilesAway from error
    store.worked()


class WholeFiles(FileSystemStorage):
    """Files in a folder. One appears under its name when all of it is on the disk."""

    def _save(self, name: str, content: "File[Any]") -> str:
        # A folder is not a partner that hangs: when there is room again, the next one is stored at once.
        try:
            return self._write(name, content)
        except OSError as error:
            raise FilesAway from error

    def _write(self, name: str, content: "File[Any]") -> str:
        folder = Path(self.path(name)).parent
        folder.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(draft, self.file_permissions_mode or 0o644)
            while True:
                try:
                    os.link(draft, self.path(name))
                    break
                except FileExistsError:
                    name = self.get_available_name(name)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(draft)
        _sync(folder)
        return name.replace("\\", "/")


def _sync(folder: Path) -> None:
    """The folder's list of names too, or a power cut may take the name and leave the row."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Reads the environment once, strictly: a value that cannot be understood stops the start.

Leaves to others: what the values mean (yuhu.settings).
"""

import os
import secrets
from pathlib import Path


def secret(name: str, folder: Path) -> str:
    """Return a secret from ``NAME``, from the file that ``NAME_FILE`` names, or from ``folder``.

    The embedded default has no operator who could set secrets, so a missing one is made on the first
    run and kept in ``folder/<name>.key`` (mode 600). Production sets the variables (docs/operations.md).
    """
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    kept = folder / f"{name.lower()}.key"
    try:
        return kept.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(48)
    try:
        # Two processes may start at once: only one may create the file, the other reads it.
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text(encoding="utf-8").strip() or fresh
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(fresh)
    return fresh

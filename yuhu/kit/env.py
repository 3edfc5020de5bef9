"""Reads the environment once, strictly: a value that cannot be understood stops the start.

Leaves to others: what the values mean (yuhu.settings).
"""

import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def secret(name: str, folder: Path) -> str:
    """Return a secret from ``NAME``, from the file that ``NAME_FILE`` names, or from ``folder``.

    The embedded default has no operator who could set secrets, so a missing one is made on the first
    run and kept in ``folder/<name>.key`` (mode 600). Production sets the variables (docs/operations.md).
    """
    if name in os.environ:
        if not os.environ[name]:
            raise ImproperlyConfigured(
                f"{name} is empty: give it a value, or delete the line to have one made."
            )
        return os.environ[name]
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    kept = folder / f"{name.lower()}.key"
    try:
        return kept.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True)
    return _make(kept)


def _make(kept: Path) -> str:
    """Write a fresh secret whole and then give it its name: of two processes that start at once, one wins."""
    handle, draft = tempfile.mkstemp(dir=kept.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, kept)
    except FileExistsError:
        pass  # the other process was first: its secret is the one
    finally:
        os.unlink(draft)
    return kept.read_text(encoding="utf-8").strip()

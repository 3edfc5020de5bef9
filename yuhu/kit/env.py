"""Reads the environment once, strictly: a value that cannot be understood stops the start.

Leaves to others: what the values mean (yuhu.settings).
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def secret(name: str, folder: Path) -> str:
    """Return a secret from ``NAME``, from the file that ``NAME_FILE`` names, or from ``folder``.

    The embedded default has no operator who could set secrets, so a missing one is made on the first
    run and kept in ``folder/<name>.key`` (mode 600). Production sets the variables (docs/operations.md).
    """
    if os.environ.get(name) == "":
        raise ImproperlyConfigured(f"{name} is empty: give it a value, or delete the line to have one made.")
    if value := given(name):
        return value
    kept = folder / f"{name.lower()}.key"
    try:
        return kept.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True)
    return _make(kept)


def given(name: str) -> str:
    """A secret from ``NAME`` or from the file that ``NAME_FILE`` names; empty without both: never made."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return ""


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """The value of ``NAME``, which must be one of ``choices``; the first where it is not set."""
    value = os.environ.get(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(choices)}.")
    return value


def former(name: str) -> list[str]:
    """Earlier values of a secret, often none: separated by commas, from ``NAME`` or from the file ``NAME_FILE``."""
    return [value for part in given(name).split(",") if (value := part.strip())]


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


def files(url: str) -> dict[str, Any]:
    """Where uploads are kept, as an entry of ``STORAGES``: a folder, or what ``url`` names.

    ``s3://KEY:SECRET@HOST[:PORT]/BUCKET?region=…&tls=…``; ``tls=false`` for a store in the machine's own network.
    """
    if not url:
        return {"BACKEND": "yuhu.kit.files.WholeFiles"}
    parts, asked = urlsplit(url), parse_qs(url.partition("?")[2], keep_blank_values=True)
    bucket = parts.path.strip("/")
    unknown = sorted(asked.keys() - {"region", "tls"})
    whole = parts.scheme == "s3" and parts.hostname and bucket and parts.username and parts.password
    tls = asked.get("tls", ["true"])[-1]
    if not whole or unknown or tls not in ("true", "false"):
        raise ImproperlyConfigured("FILES_URL must be like s3://KEY:SECRET@HOST/BUCKET?region=…&tls=true")
    address = parts.netloc.rpartition("@")[2]
    return {
        "BACKEND": "yuhu.kit.s3.S3Files",
        "OPTIONS": {
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "bucket_name": bucket,
            "endpoint_url": f"{'https' if tls == 'true' else 'http'}://{address}",
            "region_name": asked.get("region", ["us-east-1"])[-1],
        },
    }

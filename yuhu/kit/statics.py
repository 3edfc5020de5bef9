"""Static files with a digest in their name, and compressed once when they are collected.

gzip alone: brotli saves a phone another tenth and would cost every first start and every release a minute.
"""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise ships no types
    """``STORAGES["staticfiles"]``; WhiteNoise serves what is collected, in whichever form the browser takes."""

    def create_compressor(self, **options: Any) -> Compressor:
        return Compressor(**{**options, "use_brotli": False})

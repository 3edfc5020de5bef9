"""What this machine lacks, said at the start: without the PDF libraries everything but PDFs works."""

from collections.abc import Iterable
from ctypes.util import find_library
from typing import Any

from django.core.checks import CheckMessage, Warning, register

# Names as the dynamic loader knows them, and the Debian packages that bring them.
LIBRARIES = {"pango-1.0": "libpango-1.0-0", "pangoft2-1.0": "libpangoft2-1.0-0"}


def missing_libraries() -> list[str]:
    """The Debian packages that making PDFs would need."""
    return [package for name, package in LIBRARIES.items() if find_library(name) is None]


@register
def pdf_libraries(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """WeasyPrint is imported only when a PDF is made; its libraries are looked for here, without loading them."""
    if missing := missing_libraries():
        return [
            Warning(
                "PDFs cannot be made on this machine; everything else works.",
                hint=f"On Debian: apt-get install {' '.join(missing)} fonts-noto-cjk",
                id="runtime.W001",
            )
        ]
    return []

"""What this machine lacks, said at the start: without the PDF libraries everything but PDFs works."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Warning, register

from yuhu.kit.pdf import missing_libraries


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

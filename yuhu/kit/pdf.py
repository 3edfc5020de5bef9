"""A page as a PDF: WeasyPrint, loaded only when one is made; no request leaves this machine, fonts are embedded.

WeasyPrint needs Pango, which is no Python package: where it is missing, ``missing_libraries`` names what to install
and everything but PDFs works. Leaves to others: what a document says (templates), who may have it (the doors).
"""

import logging
from collections.abc import Iterator, Sequence
from ctypes.util import find_library
from typing import Any

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Refusal

logger = logging.getLogger(__name__)

# Names as the dynamic loader knows them, and the Debian packages that bring them.
LIBRARIES = {"pango-1.0": "libpango-1.0-0", "pangoft2-1.0": "libpangoft2-1.0-0"}


class NoPdf(Refusal):
    """This machine makes no PDFs: 503."""

    status, code = 503, "pdf_unavailable"
    message = _("PDFs cannot be made on this machine at the moment. The page itself can be printed.")


def missing_libraries() -> list[str]:
    """The Debian packages that making PDFs would need; found without loading them."""
    return [package for name, package in LIBRARIES.items() if find_library(name) is None]


def make(html: str, style: str) -> bytes:
    """``html`` (a whole document) laid out by ``style`` (CSS with ``@page``) as a PDF.

    Raises:
        NoPdf: the libraries are missing or do not load.
    """
    return next(made for _done, made in making([html], style) if made is not None)


def making(documents: Sequence[str], style: str) -> Iterator[tuple[int, bytes | None]]:
    """Several documents, one behind the other in one PDF: tells after each how many are laid out, and gives the PDF
    with the last line. Raises as ``make``.
    """
    if missing_libraries():
        raise NoPdf
    weasyprint = _loaded()
    nothing = _fetch_nothing(weasyprint)
    fonts = weasyprint.text.fonts.FontConfiguration()
    sheet = weasyprint.CSS(string=style, url_fetcher=nothing, font_config=fonts)
    laid_out: list[Any] = []
    for html in documents:
        page = weasyprint.HTML(string=html, url_fetcher=nothing)
        laid_out.append(page.render(stylesheets=[sheet], font_config=fonts, pdf_tags=True))
        yield len(laid_out), None
    pages = [page for document in laid_out for page in document.pages]
    made: bytes = laid_out[0].copy(pages).write_pdf(pdf_tags=True)
    yield len(laid_out), made


def _loaded() -> Any:
    """SECURITY: WeasyPrint tells Pillow, for the whole process, to accept truncated images. Ours must stay refused."""
    from PIL import ImageFile  # noqa: PLC0415 - only for this

    kept = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        import weasyprint  # noqa: PLC0415 - a second to load, and its libraries may be missing
    except OSError as error:
        logger.warning("pdf.libraries_do_not_load", exc_info=True)
        raise NoPdf from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = kept
    return weasyprint


def _fetch_nothing(weasyprint: Any) -> Any:
    """Opens what stands in the document itself (``data:``) and no other address: no network, no file."""
    return weasyprint.urls.URLFetcher(allowed_protocols=["data"], allow_redirects=False)

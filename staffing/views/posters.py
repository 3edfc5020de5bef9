"""Posters of blocks: the code on the screen of a phone, one block on paper, a whole street on paper.

A street takes seconds, so its pages are made one by one, with a line of progress for each, and kept: the same edition
is not made twice. Leaves to others: what a poster says (figures), how a page becomes a PDF (kit.pdf).
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from blocks.models import Block
from staffing.figures import sheets_of
from staffing.figures.posters import Sheet
from staffing.middleware import StaffRequest
from staffing.policies import may_print_posters
from yuhu.kit import clock, keeping, pdf
from yuhu.kit.exceptions import Forbidden, NotFound, Refusal
from yuhu.kit.scope import BLOCK, STREET

LINES = "application/x-ndjson"
KEPT_SECONDS = 24 * 3600


@never_cache
@require_safe
@login_required
def block_code(request: StaffRequest, code: str) -> HttpResponse:
    """The code of a block as large as the screen, for a resident to scan."""
    sheet = _sheets(request, code, BLOCK)[0]
    address, picture = _to_report(sheet.token)
    context = {"sheet": sheet, "code": code, "address": address, "picture": picture}
    return render(request, "staffing/block_code.html", context)


@require_safe
@login_required
def block_poster(request: StaffRequest, code: str) -> HttpResponse:
    """The poster of one block."""
    return _answer(code, _made(request, _sheets(request, code, BLOCK)))


@require_safe
@login_required
def street_posters(request: StaffRequest, code: str) -> HttpResponse:
    """All posters of a street, one page a block: as they were made, or made now."""
    return _answer(code, _made(request, _sheets(request, code, STREET)))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make_street_posters(request: StaffRequest, code: str) -> HttpResponse | StreamingHttpResponse:
    """Makes the posters of a street; whoever asks for lines hears how far it is."""
    sheets = _sheets(request, code, STREET)
    address = reverse("street_posters", args=[code])
    if request.method != "POST":
        context = {"street": sheets[0].street, "count": len(sheets), "code": code}
        return render(request, "staffing/street_posters.html", context)
    if LINES not in request.headers.get("Accept", ""):
        return redirect(address)
    told = _telling(_making(_pages(request, sheets)), len(sheets), address)
    answer = StreamingHttpResponse((json.dumps(line) + "\n" for line in told), content_type=LINES)
    # Without it nginx would keep the lines until the end.
    answer["X-Accel-Buffering"] = "no"
    return answer


def _sheets(request: StaffRequest, area: str, length: int) -> list[Sheet]:
    """The posters of a block or a street, for whoever may print them; at least one."""
    today = clock.today()
    rows = Block.objects.in_force(today).within(request.scope).with_parents().defer("boundary")
    blocks = list(rows.in_area(area).order_by("code")) if len(area) == length else []
    if not blocks:
        raise NotFound
    if not (verdict := may_print_posters(request.user, area=area, on=today)):
        raise Forbidden(verdict.reason, code=verdict.code)
    sheets = sheets_of(blocks, today)
    if not sheets:
        raise NotFound(_("This block has no code yet. A leader of the street makes one on its page."))
    return sheets


def _pages(request: StaffRequest, sheets: list[Sheet]) -> list[str]:
    """One document a poster. For residents, so in the district's language, whoever prints."""
    with translation.override(settings.LANGUAGE_CODE):
        return [
            render_to_string(
                "staffing/posters.html",
                {"sheets": [(sheet, *_to_report(sheet.token))], "hotline": settings.RESIDENT_HOTLINE},
                request,
            )
            for sheet in sheets
        ]


def _making(pages: list[str]) -> Iterator[tuple[int, bytes | None]]:
    """How many are done, and with the last the whole: kept by its edition, which is everything that stands on it."""
    style = render_to_string("staffing/posters.css")
    edition = hashlib.sha256("\0".join([style, *pages]).encode()).hexdigest()
    key = f"posters:{edition}"
    if (kept := keeping.look_up(key)) is not None:
        yield len(pages), kept
        return
    for done, made in pdf.making(pages, style):
        if made is not None:
            keeping.keep(key, made, seconds=KEPT_SECONDS)
        yield done, made


def _made(request: StaffRequest, sheets: list[Sheet]) -> bytes:
    return next(made for _done, made in _making(_pages(request, sheets)) if made is not None)


def _telling(steps: Iterator[tuple[int, bytes | None]], total: int, address: str) -> Iterator[dict[str, Any]]:
    """Lines for the page: how far it is, and in the end where the posters are or why there are none."""
    try:
        for done, _whole in steps:
            yield {"done": done, "total": total}
    except Refusal as refusal:
        yield {"error": str(refusal), "errors": []}
    else:
        yield {"url": address}


def _answer(area: str, made: bytes) -> HttpResponse:
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="poster-{area}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _to_report(token: str) -> tuple[str, str]:
    """Where the code leads, and its picture: readable with a quarter of it worn off."""
    address = settings.SITE_URL.rstrip("/") + reverse("cases:resident", args=[token])
    return address, segno.make(address, error="q", micro=False).svg_data_uri(scale=10, border=4)

"""Photos leave the house through these views only: each asks first whether this person sees the case."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.exceptions import NoSuchCase
from cases.models import Attachment, Case, PhotoDraft
from staffing.middleware import StaffRequest

# A browser may show it again without asking for so long; a photo never changes.
FRESH_SECONDS = 3600


@dataclass(frozen=True)
class Picture:
    """A photo as pages show it."""

    url: str
    thumbnail: str
    label: str
    stage: str = ""


def pictures(case: Case, photos: Iterable[Attachment], stage: str) -> list[Picture]:
    """The case's photos of one stage."""
    shown = [photo for photo in photos if photo.stage == stage]
    return [_picture(case, photo, number) for number, photo in enumerate(shown, start=1)]


def _picture(case: Case, photo: Attachment, number: int) -> Picture:
    key = [case.number, photo.pk]
    label = _("%(stage)s: photo %(number)d") % {"stage": photo.get_stage_display(), "number": number}
    return Picture(
        url=reverse("cases:photo", args=key),
        thumbnail=reverse("cases:thumbnail", args=key),
        label=label,
        stage=photo.get_stage_display(),
    )


@login_required
@require_safe
def photo(request: StaffRequest, number: str, pk: int, *, small: bool = False) -> HttpResponse:
    """A photo of a case, or its thumbnail."""
    cases = Case.objects.within(request.scope).filter(number=number)
    row = Attachment.objects.filter(pk=pk, case__in=cases).first()
    if row is None:
        raise NoSuchCase
    return jpeg(request, row.thumbnail if small else row.file, etag=f"{row.sha256}-{small:d}")


@login_required
@require_safe
def draft(request: StaffRequest, key: str) -> HttpResponse:
    """The thumbnail of a photo that waits in a form; only for the person who sent it."""
    row = PhotoDraft.objects.filter(user=request.user, key=key).first()
    if row is None:
        raise Http404
    return jpeg(request, row.thumbnail, etag=row.sha256)


def jpeg(request: HttpRequest, stored: FieldFile, *, etag: str) -> HttpResponse:
    """The stored picture for this reader alone: no shared cache, no guessing of types."""
    tag = f'"{etag}"'
    # A JPEG does not get smaller: the compressing middleware would only burn time.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        try:
            with stored.open("rb") as file:
                response = HttpResponse(file.read(), content_type="image/jpeg")
        except FileNotFoundError:
            raise Http404 from None
    response["ETag"] = tag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    patch_cache_control(response, private=True, max_age=FRESH_SECONDS)
    return response

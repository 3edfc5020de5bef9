"""My notices, and the demo's outbox with what residents were sent. Doors only: parse, ask, call the action, render."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import Capability
from yuhu.delivery import wording
from yuhu.delivery.actions import mark_read
from yuhu.delivery.models import Delivery
from yuhu.delivery.notices import BY_KIND
from yuhu.delivery.subjects import SUBJECTS
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden
from yuhu.kit.text import has_control

PER_PAGE = 20
LONGEST_NUMBER = 32


@dataclass(frozen=True)
class Shown:
    """A notice as the page shows it. ``url`` is empty when the person may not open the case (any more)."""

    row: Delivery
    words: wording.Words
    url: str = ""
    icon: str = "bell"
    tone: str = ""


@dataclass(frozen=True)
class Letter:
    """A text message as it was sent: its text around the link, so that the demo can click it."""

    row: Delivery
    before: str
    link: str
    after: str
    url: str


@require_safe
@login_required
def inbox(request: StaffRequest) -> HttpResponse:
    """The person's own notices, newest first; with ``?unread=1`` those not read yet."""
    mine = Delivery.objects.inbox_of(request.user.pk)
    only_unread = request.GET.get("unread") == "1"
    rows = mine.filter(read_at__isnull=True) if only_unread else mine
    page = Paginator(rows.select_related("entry"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "notices": _shown(request, page),
        "only_unread": only_unread,
        "newest": mine.aggregate(newest=Max("pk"))["newest"] or 0,
    }
    return render(request, "delivery/inbox.html", context)


@require_POST
@login_required
def read_one(request: StaffRequest, pk: int) -> HttpResponse:
    """Mark one notice as read and go back to where the person was."""
    mark_read(user_id=request.user.pk, delivery_id=pk, at=clock.now())
    return redirect(_back(request))


@require_POST
@login_required
def read_all(request: StaffRequest) -> HttpResponse:
    """Mark all notices as read that were there when the page was drawn."""
    until = request.POST.get("until", "")
    if until.isascii() and until.isdigit() and len(until) < 19:
        mark_read(user_id=request.user.pk, until=int(until), at=clock.now())
    return redirect(_back(request))


@require_safe
@login_required
def outbox(request: StaffRequest) -> HttpResponse:
    """What residents were sent, newest first. Only in the demo: whoever has a link can rate in the resident's name."""
    if not settings.DEMO_OUTBOX:
        raise Http404
    if not request.scope.has_post:
        raise Forbidden
    number = request.GET.get("number", "").strip()[:LONGEST_NUMBER]
    rows = Delivery.objects.to_residents().select_related("entry", "reporter")
    if number:
        rows = rows.filter(subject__contains=number) if not has_control(number) else rows.none()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "letters": [_letter(row) for row in page],
        "number": "" if has_control(number) else number,
        "longest_number": LONGEST_NUMBER,
    }
    return render(request, "delivery/outbox.html", context)


def _shown(request: StaffRequest, page: "Page[Delivery]") -> list[Shown]:
    """The page's notices with their sentences; what the person may open is one query for each kind of subject."""
    opened: dict[tuple[str, str], Any] = {}
    for name, subject in SUBJECTS.items():
        keys = {row.subject for row in page if row.about == name}
        opened |= {(name, key): found for key, found in subject.find(keys, request.scope).items()}
    has_desk, shown = bool(may(request.user, Capability.USE_ADMIN, on=clock.today())), []
    for row in page:
        about, notice = opened.get((row.about, row.subject)), BY_KIND.get(row.kind)
        facts = wording.facts_of(about) if about else wording.Facts(row.subject)
        words = wording.words(row.kind, row.entry.data, facts)
        url = SUBJECTS[row.about].address(about, has_desk=has_desk) if about else ""
        shown.append(Shown(row, words, url, notice.icon, notice.tone) if notice else Shown(row, words, url))
    return shown


def _letter(row: Delivery) -> Letter:
    """In the language in which it was sent, whoever looks."""
    url = wording.private_path(row.reporter.token) if row.reporter else ""
    link = wording.absolute(url)
    with translation.override(settings.LANGUAGE_CODE):
        text = wording.words(row.kind, row.entry.data, wording.Facts(row.subject, link=link)).text
    before, found, after = text.partition(link)
    return Letter(row, before, found, after, url)


def _back(request: HttpRequest) -> str:
    """The page of the inbox from which the form was sent; nothing else can be named."""
    kept = {}
    if request.POST.get("unread") == "1":
        kept["unread"] = "1"
    page = request.POST.get("page", "")
    if page.isascii() and page.isdigit() and len(page) < 9:
        kept["page"] = page
    return reverse("delivery:inbox") + (f"?{urlencode(kept)}" if kept else "")

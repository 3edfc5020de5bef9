"""The first page by post, and which blocks lack whom. Doors only: who looks, ask the figures, render."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.figures import Viewer
from staffing.figures import ALL, NEEDED, rosters
from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import LABELS, Capability, PostKind
from yuhu.dashboard import navigation
from yuhu.dashboard.context import brand_of_this_place
from yuhu.dashboard.home import home as home_of
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, NotFound
from yuhu.kit.scope import BLOCK, COMMUNITY, DISTRICT, STREET

BLOCKS_A_PAGE = 50
LENGTHS = frozenset({DISTRICT, STREET, COMMUNITY, BLOCK})


@never_cache
@login_required
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """What is mine now."""
    if not request.posts:
        return render(request, "dashboard/no_post.html")
    viewer = Viewer.of(request, clock.now())
    page = home_of(viewer, district=brand_of_this_place().name, head_file=settings.JOURNAL_HEAD_FILE)
    context = {
        "page": page,
        "at": page.viewer.at,
        "today": clock.local_date(page.viewer.at),
        "unread": navigation.unread_of(request),
        "shortcuts": navigation.shortcuts(request),
        "reference": admin.site.get_app_list(request) if page.administers else [],
    }
    return render(request, "dashboard/home.html", context)


@never_cache
@login_required
@require_safe
def roster(request: StaffRequest) -> HttpResponse:
    """Which blocks of an area have their people: all of them, or those where a post is filled or missing."""
    today = clock.today()
    verdict = may(request.user, Capability.SEE_FIGURES, on=today)
    if not verdict:
        raise Forbidden(verdict.reason)
    own = sorted(request.scope.areas, key=lambda code: (len(code), code))
    area = request.GET.get("area", "") or (own[0] if own else "")
    if not area.isascii() or len(area) not in LENGTHS or not request.scope.covers(area):
        raise NotFound
    people = rosters(request.scope, [area], today)
    known = {ALL, *NEEDED}
    filled, missing = (
        what if (what := request.GET.get(name, "")) in known else "" for name in ("filled", "missing")
    )
    whole = people.of(area)
    page = Paginator(whole.only(filled=filled, missing=missing), BLOCKS_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "whole": whole,
        "name": people.names.get(area) or brand_of_this_place().name,
        "below": people.below(area) if len(area) < COMMUNITY else [],
        "page": page,
        "posts": [LABELS[kind] for kind in NEEDED],
        "narrowed": _narrowed(filled, missing),
        "filled": filled,
        "missing": missing,
        "on": today,
    }
    return render(request, "dashboard/roster.html", context)


def _narrowed(filled: str, missing: str) -> str:
    """What the list of blocks is reduced to, in words."""
    if missing and missing != ALL:
        return _("Without %(post)s") % {"post": LABELS[PostKind(missing)]}
    if filled and filled != ALL:
        return _("With %(post)s") % {"post": LABELS[PostKind(filled)]}
    return ""

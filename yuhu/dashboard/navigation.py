"""Where one can go from everywhere: at most five places, so that the bar at the thumb holds them at 360 px.

Computed by posts; an address shows only what its own view allows, so a missing entry protects nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffing.posts import CAPABILITIES, Capability, Post
from yuhu.delivery.models import Delivery


@dataclass(frozen=True)
class Entry:
    """One place. ``main`` stands out on a phone; ``count`` is how much waits there."""

    url: str
    label: str | Promise
    icon: str
    current: bool = False
    main: bool = False
    count: int = 0


def entries(request: HttpRequest) -> list[Entry]:
    """The places of the person who asks; none without a log-in, and on pages that failed before one was known."""
    user = getattr(request, "user", None)
    posts: tuple[Post, ...] = getattr(request, "posts", ())
    if user is None or not user.is_authenticated:
        return []
    return list(_entries(request.path, tuple(posts), _unread(request, user.pk)))


def _entries(here: str, posts: tuple[Post, ...], unread: int) -> Iterator[Entry]:
    home, inbox = reverse("home"), reverse("delivery:inbox")
    yield Entry(home, _("First page"), "home", current=here == home)
    if _may(posts, Capability.REPORT_CASE) or _may(posts, Capability.SEE_FIGURES):
        cases, new = reverse("cases:list"), reverse("cases:new")
        yield Entry(cases, _("Cases"), "list", current=here.startswith(cases) and not here.startswith(new))
        if _may(posts, Capability.REPORT_CASE):
            yield Entry(new, _("Report"), "plus", current=here.startswith(new), main=True)
    if _may(posts, Capability.READ_JOURNAL):
        journal = reverse("journal")
        yield Entry(journal, _("Journal"), "clock", current=here.startswith(journal))
    yield Entry(inbox, _("Notices"), "bell", current=here.startswith(inbox), count=unread)
    if _may(posts, Capability.SEE_FIGURES):
        board, roster = reverse("board"), reverse("roster")
        yield Entry(board, _("Board"), "chart", current=here.startswith((board, roster)))
    else:
        services = reverse("services:catalogue")
        yield Entry(services, _("Services"), "paper", current=here.startswith(services))


def person_links(request: HttpRequest) -> list[Entry]:
    """What the person's own menu leads to besides the account: the desk, for posts that may enter it."""
    if _may(tuple(getattr(request, "posts", ())), Capability.USE_ADMIN):
        return [Entry(reverse("admin:index"), _("Administration"), "settings")]
    return []


def _may(posts: tuple[Post, ...], capability: Capability) -> bool:
    return any(post.kind in CAPABILITIES[capability] for post in posts)


def _unread(request: HttpRequest, person: int) -> int:
    """Kept on the request, where the bell of delivery's template tag looks for it too."""
    if not hasattr(request, "unread_notices"):
        vars(request)["unread_notices"] = Delivery.objects.unread_by(person).count()
    count: int = vars(request)["unread_notices"]
    return count

"""Where one can go from everywhere: at most five places, so that the bar at the thumb holds them at 360 px.

Computed by posts; an address shows only what its own view allows, so a missing entry protects nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from duties.policies.admissions import may_report
from staffing.policies import plans_visits
from staffing.posts import CAPABILITIES, Capability, Post
from yuhu.delivery.models import Delivery
from yuhu.kit import clock


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
    return list(_entries(request.path, tuple(posts), unread_of(request)))


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
    if any(post.block_id for post in posts):
        block = reverse("my_block")
        yield Entry(block, _("My block"), "map", current=here.startswith(block))
    elif _may(posts, Capability.SEE_FIGURES):
        board, roster = reverse("board"), reverse("roster")
        yield Entry(board, _("Board"), "chart", current=here.startswith((board, roster)))
    else:
        services = reverse("services:catalogue")
        yield Entry(services, _("Services"), "paper", current=here.startswith(services))


def shortcuts(request: HttpRequest) -> list[Entry]:
    """The pages of the day that the bar has no room for: visits, off-list tasks, certificates, services."""
    posts: tuple[Post, ...] = tuple(getattr(request, "posts", ()))
    user = getattr(request, "user", None)
    if user is None or not posts:
        return []
    at = clock.now()
    found = []
    if plans_visits(user, on=clock.local_date(at)):
        found.append(Entry(reverse("cases:visits"), _("Visits of cadres"), "people"))
    if may_report(user, at):
        found.append(Entry(reverse("duties:off_list"), _("Off-list tasks"), "warning"))
    found.append(Entry(reverse("duties:certificates"), _("Certificates"), "paper"))
    found.append(Entry(reverse("services:catalogue"), _("Services"), "paper"))
    return found


def person_links(request: HttpRequest) -> list[Entry]:
    """What the person's own menu leads to besides the account: the pages of the day, and the desk for its posts."""
    desk = Entry(reverse("admin:index"), _("Administration"), "settings")
    has_desk = _may(tuple(getattr(request, "posts", ())), Capability.USE_ADMIN)
    return [*shortcuts(request), *([desk] if has_desk else [])]


def _may(posts: tuple[Post, ...], capability: Capability) -> bool:
    return any(post.kind in CAPABILITIES[capability] for post in posts)


def unread_of(request: HttpRequest) -> int:
    """Kept on the request, where the bell of delivery's template tag looks for it too."""
    person = cast(int, request.user.pk)
    if not hasattr(request, "unread_notices"):
        vars(request)["unread_notices"] = Delivery.objects.unread_by(person).count()
    count: int = vars(request)["unread_notices"]
    return count

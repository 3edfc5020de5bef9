"""What the doors of the loop at the desk share: who acts, for whom lists are, times on the district's clock."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cases.views.visible import by_of
from staffing.admin.verbs import VerbsAdmin
from yuhu.kit import clock
from yuhu.kit.desk.lists import scope_of


def moment(at: dt.datetime | None, *, late: bool = False) -> SafeString:
    """A time of the district's clock; one that has passed says so in words too."""
    if at is None:
        return SafeString("—")
    shown = clock.local(at).strftime("%Y-%m-%d %H:%M")
    if late:
        return format_html('<span class="admin-clock admin-clock--overdue">{} {}</span>', _("Overdue"), shown)
    return format_html('<span class="admin-time">{}</span>', shown)


class LoopAdmin(VerbsAdmin):
    """Rows with verbs that end in actions of the loop."""

    def who(self, request: HttpRequest) -> dict[str, Any]:
        return {"by": by_of(request), "at": clock.now()}


class SeesCases(LoopAdmin):
    """As for cases: administrators of the system and of its security look after none."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return scope_of(request).looks_after_cases

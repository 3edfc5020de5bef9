"""Lists of the desk with kinds of work at their head, and with filters that a person has named."""

from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

from staffing.actions.filters import LONGEST_NAME, forget_filter, keep_filter
from staffing.middleware import StaffRequest
from yuhu.kit.desk.lists import DeskAdmin
from yuhu.kit.exceptions import Refusal


@dataclass(frozen=True)
class Tab:
    """A link above the list. ``own``: the person has named it, and may forget it."""

    label: str | Promise
    query: str
    current: bool = False
    own: bool = False


class FilteredAdmin(DeskAdmin):
    """A list with tabs above it (``tabs``) and the person's own ones beside them."""

    # Parameters of an address that are no filter: page, order.
    passing: ClassVar[frozenset[str]] = frozenset({"p", "o", "all", "e"})

    def tabs(self, request: HttpRequest) -> list[tuple[str | Promise, str]]:
        """What the list offers to this person: words, and the query of the address."""
        return []

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}_filters"
        return [path("filters/", wrap(self.filters_view), name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        asked = _query(request.GET, self.passing)
        offered = [Tab(label, query, query == asked) for label, query in self.tabs(request)]
        own = [Tab(name, query, query == asked, own=True) for name, query in self._own(request)]
        context = {
            "tabs": [*offered, *own],
            "filters_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_filters"),
            "asked": asked,
            "can_keep": bool(asked) and not any(tab.current for tab in (*offered, *own)),
            "longest_name": LONGEST_NAME,
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def filters_view(self, request: HttpRequest) -> HttpResponse:
        """Keep or forget a named filter, and back to the list."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user, here = cast(StaffRequest, request).user, self.opts.label_lower
        query = _query(QueryDict(request.POST.get("query", "")), self.passing)
        name = request.POST.get("name", "")
        try:
            if "forget" in request.POST:
                forget_filter(user=user, of_list=here, name=name)
            else:
                keep_filter(user=user, of_list=here, name=name, query=query)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return redirect(f"{address}?{query}" if query else address)

    def _own(self, request: HttpRequest) -> list[tuple[str, str]]:
        kept = cast(StaffRequest, request).user.desk_filters or []
        return [(one["name"], one["query"]) for one in kept if one["list"] == self.opts.label_lower]


def _query(given: QueryDict, passing: frozenset[str]) -> str:
    """The filters of an address in one order, so that two addresses that ask the same are the same."""
    wanted = QueryDict(mutable=True)
    for name in sorted(given):
        values = [value for value in given.getlist(name) if value]
        if values and name not in passing:
            wanted.setlist(name, values)
    return wanted.urlencode()

"""The desk: Django's admin with our door. Posts decide who enters and what stands there, nothing else.

Leaves to others: the lists (each app's ``admin``), the log-in page (staffing.urls, mounted before this).
"""

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.desk.day import Item, Part, items
from yuhu.kit.desk.lists import DeskAdmin
from yuhu.kit.text import has_control

_RIGHTS = ("view", "add", "change", "delete", "module")
# The question box says in words what is wrong with a question.
_SAID_IN_WORDS = frozenset({"q"})
# What is used most stands first; apps that are not named follow.
_ORDER = ("cases", "staffing", "blocks", "duties", "services", "delivery")
_LISTS = (
    *("Case", "Meeting", "AgendaItem", "Whistle", "WhistleCall", "Mediation", "Category"),
    *("Tenure", "Assistant", "Absence", "Shift", "ShiftSwap", "Visit", "Finding", "RosterImport", "Training"),
    *("Reserve", "CounselAppointment", "User", "Unit", "Membership", "PlatformLink", "PartnerClient"),
    *(
        "Admission",
        "OffListReport",
        "Consultation",
        "StreetAnswer",
        "DutyList",
        "DutyItem",
        "CertificateRule",
    ),
)
View = TypeVar("View", bound=Callable[..., Any])


class Desk(AdminSite):
    """Who holds a post with ``Capability.USE_ADMIN`` enters; ``is_staff`` and ``is_superuser`` open nothing."""

    site_title = _("Desk")
    site_header = _("Desk")
    index_title = _("Desk")
    site_url = "/"
    # Lists need the width; the first page holds the same links.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(may(request.user, Capability.USE_ADMIN, on=clock.today()))

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Strangers are led to the log-in; somebody without such a post is told so, instead of being sent around."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            _refuse_control(request)
            return inner(request, *args, **kwargs)

        return cast("View", update_wrapper(guarded, inner))

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: "type[ModelAdmin[Any]] | None" = None,
        **options: Any,
    ) -> None:
        """A package's own list that would ask Django's permission tables does not stand here."""
        if admin_class is not None and all(
            _has_own(admin_class, f"has_{right}_permission") for right in _RIGHTS
        ):
            super().register(model_or_iterable, admin_class, **options)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The official's day, and below it the lists."""
        return super().index(request, {"day": parts_of(request), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The apps and their lists in the order of the work."""
        found: list[Any] = super().get_app_list(request, app_label)
        places = {label: place for place, label in enumerate(_ORDER)}
        lists = {name: place for place, name in enumerate(_LISTS)}
        for app in found:
            app["models"].sort(key=lambda one: lists.get(one["object_name"], len(lists)))
        return sorted(found, key=lambda app: places.get(app["app_label"], len(places)))

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Without the address that leads from any row's number to its page: it asks no scope."""
        return [one for one in super().get_urls() if getattr(one, "name", None) != "view_on_site"]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return cast(HttpResponse, Suggestions.as_view(admin_site=self)(request))


PARTS: dict[Part, str | Promise] = {
    Part.DECIDE: _("Waits for your decision"),
    Part.DO: _("Waits for your hands"),
    Part.DUE: _("Time limits"),
    Part.PEOPLE: _("People and posts"),
    Part.TODAY: _("Today"),
}


def parts_of(request: HttpRequest) -> list[tuple[str | Promise, list[Item]]]:
    """The parts of the day that hold something, each with its items."""
    found = items(request)
    parts = [(label, [item for item in found if item.part is part]) for part, label in PARTS.items()]
    return [(label, held) for label, held in parts if held]


class Suggestions(AutocompleteJsonView):
    """Rows of a list while somebody types, named so that two namesakes can be told apart."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        found: dict[str, str] = super().serialize_result(obj, to_field_name)
        if isinstance(self.model_admin, DeskAdmin):
            found["text"] = self.model_admin.choice_label(obj)
        return found


def _has_own(admin_class: type[Any], name: str) -> bool:
    return getattr(admin_class, name) is not getattr(ModelAdmin, name)


def _refuse_control(request: HttpRequest) -> None:
    """An address with NUL or other control characters asks for nothing that could be stored."""
    for key, values in request.GET.lists():
        if has_control(key) or (key not in _SAID_IN_WORDS and any(has_control(value) for value in values)):
            raise BadRequest("control characters in the address")

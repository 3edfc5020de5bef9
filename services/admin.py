"""The desk for the catalogue: versions to read, and one form that publishes the next. Nothing is edited or deleted."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from services import actions
from services.catalogue import Content
from services.forms import VersionForm
from services.models import ServiceItem
from services.querysets import ServiceItemQuerySet
from staffing.admin import PostsAdmin, who_and_when
from yuhu.kit import clock
from yuhu.kit.desk.lists import SourceFilter, demo_mark


class VersionFilter(admin.SimpleListFilter):
    """By default what counts today."""

    title = _("version")
    parameter_name = "versions"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("announced", _("Announced")), ("all", _("All versions"))]

    def choices(self, changelist: Any) -> Any:
        """The absent parameter means "in force" here and not "all"."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("In force today")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = clock.today()
        items = cast("ServiceItemQuerySet[ServiceItem]", queryset)
        if self.value() == "all":
            return items
        return items.announced(today) if self.value() == "announced" else items.in_force(today)


@admin.register(ServiceItem)
class ServiceItemAdmin(PostsAdmin):
    """Everybody with a post may look, the system administrator may publish."""

    add_form = VersionForm
    # What the desk shows is short: the folded text for the search stays in the database.
    deferred = ("search_text",)
    list_display = ("code", "name", "version", "effective_from", "offered", "promised", "demo")
    list_filter = (VersionFilter, "domain_name", "acceptance_level", ("source", SourceFilter))
    # Shows the box; the words are looked for by get_search_results.
    search_fields = ("search_text",)
    search_help_text = _("Name, other names, domain, conditions, materials or code")

    def view_on_site(self, obj: ServiceItem) -> str:
        return obj.get_absolute_url()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The same search as on the public page, which knows what is too long."""
        return queryset.search(search_term), False  # type: ignore[attr-defined]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return VersionForm.Meta.fields
        lists = {"aliases": "alias_lines", "materials": "material_lines", "materials_en": "material_lines_en"}
        shown = [lists.get(name, name) for name in VersionForm.Meta.fields if name != "agent_modes"]
        return ("version", *shown, "help_lines", "published_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> ServiceItem:
        said = {**data, "agent_modes": tuple(data["agent_modes"])}
        head = {name: said.pop(name) for name in ("code", "effective_from")}
        return actions.publish_item_version(content=Content(**said), **head, **who_and_when(request))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """With ``?after=<key>`` the form starts from that version; its day is left to be chosen."""
        before = request.GET.get("after", "")
        known = (
            ServiceItem.objects.filter(pk=before).values(*VersionForm.Meta.fields)
            if before.isdecimal()
            else ()
        )
        for row in known:
            return {name: value for name, value in row.items() if name != "effective_from"}
        return {"effective_from": clock.today()}

    @admin.display(description=_("promised limit"))
    def promised(self, obj: ServiceItem) -> str:
        return obj.promised_limit

    @admin.display(description=_("demo"))
    def demo(self, obj: ServiceItem) -> SafeString:
        return demo_mark(obj.source)

    @admin.display(description=_("other names"))
    def alias_lines(self, obj: ServiceItem) -> SafeString:
        return _as_lines(obj.aliases)

    @admin.display(description=_("materials"))
    def material_lines(self, obj: ServiceItem) -> SafeString:
        return _as_lines(obj.materials)

    @admin.display(description=_("materials in English"))
    def material_lines_en(self, obj: ServiceItem) -> SafeString:
        return _as_lines(obj.materials_en)

    @admin.display(description=_("ways of help"))
    def help_lines(self, obj: ServiceItem) -> SafeString:
        return _as_lines([str(mode.label) for mode in obj.ways_of_help])


def _as_lines(lines: list[str]) -> SafeString:
    return format_html_join("", "{}<br>", ((line,) for line in lines))

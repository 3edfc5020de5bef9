"""The desk for lists and their items: versions on any day, what a draft changes, publishing with that in view.

Published lists open read-only. Rows that are demo say so. Leaves to others: storing (actions), comparing (figures).
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duties import figures
from duties.actions import (
    add_item,
    change_item,
    discard_draft,
    import_list,
    publish_list,
    remove_item,
    reschedule_draft,
    start_draft,
)
from duties.admin.forms import AddItemForm, PublishForm, RescheduleForm, StartDraftForm
from duties.forms import ImportListForm, ItemForm
from duties.models import DutyItem, DutyList
from duties.policies import may_change_item, may_change_list, may_edit_lists, may_start_draft
from duties.sheets import ITEM_COLUMNS, ITEM_HEADINGS
from staffing.admin import DayFilter, PostsAdmin, who_and_when
from staffing.admin.verbs import Verb, VerbsAdmin
from staffing.models import Unit
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.lists import KnownFilter, demo_mark, scope_of
from yuhu.kit.desk.picks import is_number
from yuhu.kit.excel.reading import read_table
from yuhu.kit.excel.writing import XLSX, Page, workbook


class ListDayFilter(DayFilter):
    """Lists in force on a day, all versions, and for editors the drafts."""

    DRAFTS = "drafts"
    column = "published_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        offered = super().lookups(request, model_admin)
        drafts = may_edit_lists(request.user, clock.now())
        return [*offered, (self.DRAFTS, _("Drafts"))] if drafts else offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == self.DRAFTS:
            return queryset.filter(**{f"{self.column}__isnull": True})
        return super().queryset(request, queryset)

    def choices(self, changelist: Any) -> Iterator[Any]:
        today, *others = super().choices(changelist)
        yield {**today, "selected": today["selected"] and self.value() != self.DRAFTS}
        yield from others


class ItemDayFilter(ListDayFilter):
    column = "list__published_at"


class PlatformFilter(KnownFilter):
    """The street's platform that an item names; items that name none have no choice of their own."""

    title = _("platform")
    parameter_name = "platform_code"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        items = DutyItem.objects.within(scope_of(request)).exclude(platform_code="")
        codes = items.order_by("platform_code").values_list("platform_code", flat=True).distinct()
        platforms = Unit.objects.filter(kind=Unit.Kind.PLATFORM).values_list("code", "name", "street__name")
        names = {code.partition("-")[2]: name.removeprefix(street or "") for code, name, street in platforms}
        return [(code, names.get(code, code)) for code in codes]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(platform_code=value)


class ListBannerAdmin(PostsAdmin):
    """Lists above which the demo is announced. Drafts are for those who edit."""

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        return rows if self.has_edit_permission(request) else super().visible(request, rows)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if figures.demo_lists(clock.today()).exists():
            self.announce_demo(request)
        return super().changelist_view(request, extra_context)

    def announce_demo(self, request: HttpRequest) -> None:
        """Say above the page that the list is not the district's own."""
        messages.warning(request, gettext("Demo list, replace with your published list."))


@admin.register(DutyList)
class DutyListAdmin(ListBannerAdmin, VerbsAdmin):
    """Versions of the lists: import a sheet as a draft, look at what it changes, publish."""

    add_form = ImportListForm
    change_form_template = "admin/duties/dutylist/change_form.html"
    noun = "row"
    list_display = (
        "kind",
        "version",
        "effective_from",
        "published_at",
        "item_count",
        "source_in_words",
        "demo",
    )
    list_filter = (ListDayFilter, "kind")
    verbs = (
        Verb(
            "publish",
            _("Publish"),
            may_change_list,
            lambda row, **said: publish_list(list_id=row.pk, **said),
            PublishForm,
            confirm=_("A published list can never be changed. Look at the comparison above first."),
        ),
        Verb(
            "add_item",
            _("Add an item"),
            may_change_list,
            lambda row, **said: add_item(list_id=row.pk, **said),
            AddItemForm,
        ),
        Verb(
            "reschedule",
            _("Change date and source"),
            may_change_list,
            lambda row, **said: reschedule_draft(list_id=row.pk, **said),
            RescheduleForm,
        ),
        Verb(
            "discard",
            _("Discard the draft"),
            may_change_list,
            lambda row, **said: discard_draft(list_id=row.pk, **said),
            confirm=_("The draft and all its items are deleted. This cannot be undone."),
        ),
        Verb(
            "start_draft",
            _("Start the next version from this one"),
            may_start_draft,
            lambda row, **said: start_draft(list_id=row.pk, **said),
            StartDraftForm,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(item_count_=Count("items"))
        return rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ImportListForm.Meta.fields
        return ("kind", "version", "effective_from", "published_at", "source")

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """Who does not edit lists is not told why not; a draft's verbs are no question for a published list."""
        return self.has_edit_permission(request) and (verb.name == "start_draft") == obj.is_published

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        table = read_table(data.pop("sheet"), columns=ITEM_COLUMNS, needed=("code", "name"))
        return import_list(**data, rows=table.lines, **who_and_when(request))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """To the draft, where one sees what it changes."""
        messages.success(request, gettext("The sheet was read. Look at what it changes, then publish it."))
        return redirect(self.page_of(obj))

    def page_after(self, request: HttpRequest, obj: Any, verb: Verb) -> str:
        lists = reverse("admin:duties_dutylist_changelist")
        if verb.name == "discard":
            return f"{lists}?on={ListDayFilter.DRAFTS}"
        if verb.name == "start_draft":
            draft = DutyList.objects.drafts().filter(kind=obj.kind).order_by("-version").first()
            return self.page_of(draft) if draft is not None else lists
        return super().page_after(request, obj, verb)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "duty_list", obj.pk

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: DutyList | None = context.get("original")
        if row is not None:
            if row.is_demo:
                self.announce_demo(request)
            context["before"] = before = figures.version_before(row)
            context["items"] = list(row.items.select_related("lead_unit").order_by("number"))
            if not row.is_published:
                context["comparison"] = figures.comparison(before, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("compare/", wrap(self.compare_view), name="duties_dutylist_compare"),
            path("<int:pk>/export/", wrap(self.export_view), name="duties_dutylist_export"),
        ]
        return own + super().get_urls()

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """Two versions side by side, picked by the reader (``?old=1&new=2``); without ``old`` the one before."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        versions = list(self.get_queryset(request).order_by("kind", "-version"))
        by_key = {str(row.pk): row for row in versions}
        old, new = (by_key.get(request.GET.get(name, "")) for name in ("old", "new"))
        if old is None and new is not None:
            old = figures.version_before(new)
        problem = ""
        if old is not None and new is not None and old.kind != new.kind:
            problem = gettext("These are two different lists. Choose two versions of the same list.")
        elif "old" in request.GET and "new" in request.GET and (old is None or new is None):
            problem = gettext("Choose two versions of the same list.")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Compare two versions"),
            "opts": self.opts,
            "versions": versions,
            "old": old,
            "new": new,
            "problem": problem,
            "comparison": figures.comparison(old, new) if new is not None and not problem else None,
        }
        return TemplateResponse(request, "admin/duties/dutylist/compare.html", context)

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A version as a sheet that can be sent in again."""
        row = self.get_object(request, str(pk)) if is_number(pk) else None
        if row is None or not self.has_view_permission(request, row):
            raise PermissionDenied
        sheet = Page(str(row), list(ITEM_HEADINGS.values()), figures.item_rows(row))
        answer = HttpResponse(workbook(sheet), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{row.kind}-v{row.version}.xlsx"'
        return answer

    @admin.display(description=_("items"))
    def item_count(self, obj: Any) -> int:
        return int(obj.item_count_)

    @admin.display(description=_("demo"))
    def demo(self, obj: DutyList) -> SafeString:
        return demo_mark(obj.source)


@admin.register(DutyItem)
class DutyItemAdmin(ListBannerAdmin, VerbsAdmin):
    """Items; those of drafts can be corrected and taken out."""

    list_display = ("code", "name", "category", "lead", "office", "list", "demo")
    list_filter = (ItemDayFilter, "list__kind", PlatformFilter)
    list_select_related = ("list",)
    search_fields = ("code", "name", "category", "lead")
    change_form = ItemForm
    fields = ("list", "code", "number", *ItemForm.Meta.fields, "source")
    readonly_fields = ("list", "code", "number", "source")
    autocomplete_fields = ("lead_unit",)
    typed_by = ("code",)
    noun = "row"
    verbs = (
        Verb(
            "remove",
            _("Take it out of the draft"),
            may_change_item,
            lambda row, **said: remove_item(item_id=row.pk, **said),
            confirm=_("The item is deleted from the draft."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("list")

    def choices(self, request: HttpRequest) -> Any:
        """Forms name the items in force today."""
        rows: Any = self.get_queryset(request)
        return rows.in_force(clock.today())

    def choice_label(self, obj: DutyItem) -> str:
        return f"{obj}（{obj.list.get_kind_display()}）"

    def search(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> tuple[QuerySet[Any], bool]:
        if "field_name" in request.GET:  # suggestions for a form
            rows = self.choices(request).order_by("code")
        return super().search(request, rows, question)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj is not None and obj.list.is_published)

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        return self.has_edit_permission(request)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        return change_item(item_id=obj.pk, changes=data, **who_and_when(request))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the draft."""
        messages.success(request, gettext("The item was corrected."))
        return redirect(_page_of_list(obj))

    def page_after(self, request: HttpRequest, obj: Any, verb: Verb) -> str:
        return _page_of_list(obj)

    @admin.display(description=_("demo"))
    def demo(self, obj: DutyItem) -> SafeString:
        return demo_mark(obj.source)


def _page_of_list(item: DutyItem) -> str:
    return reverse("admin:duties_dutylist_change", args=[item.list_id])


@day.add
def drafts_to_publish(request: HttpRequest) -> Iterator[day.Item]:
    """Drafts wait for whoever keeps the reference data. One query."""
    if may_edit_lists(request.user, clock.now()):
        address = f"{reverse('admin:duties_dutylist_changelist')}?on={ListDayFilter.DRAFTS}"
        yield day.Item(day.Part.DO, _("Drafts of lists"), DutyList.objects.drafts().count(), address)

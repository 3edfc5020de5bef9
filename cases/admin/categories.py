"""The category tree at the desk: limits, other names and whether a category is in use."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cases.actions.reference import change_category
from cases.admin.cases import BranchFilter
from cases.forms.category import CategoryForm
from cases.models import Category
from staffing.admin import PostsAdmin, who_and_when
from yuhu.kit.desk.lists import demo_mark

BRANCH = ""  # a branch of the tree carries no cases, and so no limit, path or lead


class LeafOrBranchFilter(BranchFilter):
    """A branch with its leaves."""

    parameter_name = "branch"

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(Q(parent=value) | Q(code=value))


@admin.register(Category)
class CategoryAdmin(PostsAdmin):
    """The tree: branches with their leaves. The system administrator changes limits, other names and use."""

    change_form = CategoryForm
    list_display = (
        "code",
        "indented",
        "urgency",
        "limit",
        "way",
        "leader",
        "duty_item_code",
        "active",
        "demo",
    )
    list_display_links = ("code", "indented")
    list_filter = (LeafOrBranchFilter, "active", "severity", "path", "lead")
    list_per_page = 100
    search_fields = ("^code", "name", "aliases")
    search_help_text = _("name, other names or code")
    ordering = ("code",)
    typed_by = ("code",)
    fields = (
        *(
            "code",
            "name",
            "name_en",
            "parent",
            "aliases",
            "severity",
            "limit_amount",
            "limit_unit",
            "limit_basis",
        ),
        *("contact_hours", "path", "lead", "lead_unit", "office_code", "platform_code", "duty_item_code"),
        *("restricted", "rated", "standard_code", "active", "source", "note"),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        changeable = CategoryForm.Meta.fields if obj is None or obj.parent_id else ("aliases", "active")
        return [name for name in self.fields if name not in changeable]

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Category:
        return change_category(code=obj.code, changes=data, **who_and_when(request))

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "category", obj.code

    @admin.display(description=_("category"))
    def indented(self, obj: Category) -> SafeString:
        return format_html('<span class="admin-depth-{}">{}</span>', 1 if obj.parent_id else 0, obj.label)

    @admin.display(description=_("severity"), ordering="severity")
    def urgency(self, obj: Category) -> str:
        return obj.get_severity_display() if obj.parent_id else BRANCH

    @admin.display(description=_("path"), ordering="path")
    def way(self, obj: Category) -> str:
        return obj.get_path_display() if obj.parent_id else BRANCH

    @admin.display(description=_("who leads"), ordering="lead")
    def leader(self, obj: Category) -> str:
        return obj.get_lead_display() if obj.parent_id else BRANCH

    @admin.display(description=_("time limit"), ordering="limit_amount")
    def limit(self, obj: Category) -> str:
        return (
            f"{obj.limit_amount.normalize():f} {obj.get_limit_unit_display()}" if obj.limit_amount else BRANCH
        )

    @admin.display(description=_("demo"))
    def demo(self, obj: Category) -> SafeString:
        return demo_mark(obj.source)

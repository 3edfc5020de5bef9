"""The desk for dispatching: cases in a list with moves for many at once, and the category tree.

A case opens on its own page, which offers exactly the moves that the person may make. Everything is stored by the
actions.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blocks.admin import StreetFilter
from cases.actions import move
from cases.actions.base import By
from cases.actions.reference import change_category
from cases.exceptions import NoSuchCase
from cases.forms.category import CategoryForm
from cases.models import Case, Category
from cases.policies import may_ever
from cases.states import MOVES, Path, State
from duties.models import Severity
from staffing.admin import PostsAdmin, who_and_when
from staffing.middleware import StaffRequest
from yuhu.kit import clock, search
from yuhu.kit.desk.lists import BoundedPages, DeskAdmin, KnownFilter, demo_mark, scope_of
from yuhu.kit.exceptions import Refusal

MOST_AT_ONCE = 200
SHOWN_NUMBERS = 10
BRANCH = ""  # a branch of the tree carries no cases, and so no limit, path or lead


class StateFilter(KnownFilter):
    """One state, or all that are open."""

    title = _("state")
    parameter_name = "state"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("open", _("Not ended")), *State.choices]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.open() if value == "open" else rows.filter(state=value)


class LateFilter(KnownFilter):
    """Past the handle limit, or near it."""

    title = _("time limit")
    parameter_name = "overdue"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("true", _("Overdue")), ("soon", _("Due soon"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.overdue(clock.now()) if value == "true" else rows.due_soon(clock.now())


class WaitsFilter(KnownFilter):
    """No rule found a receiver: a duty officer must."""

    title = _("dispatching")
    parameter_name = "waits"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("true", _("Waits for a duty officer"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.awaiting_person()


class CaseStreetFilter(StreetFilter):
    column = "street_code"


class BranchFilter(KnownFilter):
    """One of the twelve branches of the tree."""

    title = _("category")
    parameter_name = "category"
    column = "category__parent"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        branches = (
            Category.objects.within(scope_of(request)).filter(parent=None).only("code", "name", "name_en")
        )
        return [(branch.code, branch.label) for branch in branches]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(**{self.column: value})


class PathFilter(KnownFilter):
    """How hard the matter is."""

    title = _("path")
    parameter_name = "path"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(Path.choices)

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(path=value)


@admin.register(Case)
class CaseAdmin(DeskAdmin):
    """What the person's areas, units and own part open, newest first; never counted as a whole."""

    list_display = ("numbered", "state_badge", "category_name", "place", "holder", "due", "reported", "demo")
    list_display_links = None
    list_filter = (StateFilter, LateFilter, WaitsFilter, PathFilter, CaseStreetFilter, BranchFilter)
    search_fields = ("number",)  # shows the box; ``search`` looks in number, description and address
    search_help_text = _("Number, or words of description and address")
    ordering = ("-reported_at", "-id")
    sortable_by = ("due", "reported")
    paginator = BoundedPages
    show_full_result_count = False
    actions = ("dispatch_by_rule", "urge")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators of the system and of its security look after no cases: their posts open none."""
        scope = scope_of(request)
        return bool(scope.areas or scope.units)

    def has_dispatch_permission(self, request: HttpRequest) -> bool:
        return bool(may_ever(cast(StaffRequest, request).posts, "dispatch"))

    def has_urge_permission(self, request: HttpRequest) -> bool:
        return bool(may_ever(cast(StaffRequest, request).posts, "urge"))

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        return super().visible(request, rows).for_lists().defer("description")

    def search(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> tuple[QuerySet[Any], bool]:
        """The first that the pages can show, and the one by which they know that there are more."""
        cases: Any = rows
        if not question.strip():
            return rows, False
        return rows.filter(pk__in=search.keys(cases.text(question), self.paginator.most + 1)), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of the case, which also tells its history and offers its moves."""
        case = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, case):
            raise PermissionDenied
        if case is None:
            raise NoSuchCase
        return redirect(case)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    @admin.action(description=_("Dispatch the selected cases by the rules"), permissions=["dispatch"])
    def dispatch_by_rule(self, request: HttpRequest, queryset: QuerySet[Case]) -> None:
        _each(request, queryset, "dispatch")

    @admin.action(description=_("Urge the selected cases"), permissions=["urge"])
    def urge(self, request: HttpRequest, queryset: QuerySet[Case]) -> None:
        _each(request, queryset, "urge")

    @admin.display(description=_("case number"))
    def numbered(self, obj: Case) -> SafeString:
        return format_html('<a class="admin-number" href="{}">{}</a>', obj.get_absolute_url(), obj.number)

    @admin.display(description=_("state"))
    def state_badge(self, obj: Case) -> SafeString:
        badge = format_html(
            '<span class="admin-state admin-state--{}">{}</span>', obj.phase.value, obj.get_state_display()
        )
        waits = obj.waits_for_person and not obj.is_final
        return format_html("{}<br>{}", badge, _("waits for a duty officer")) if waits else badge

    @admin.display(description=_("category"))
    def category_name(self, obj: Case) -> SafeString | str:
        urgent = obj.severity in (Severity.HIGH, Severity.CRITICAL)
        name = obj.category.label
        return format_html("{}<br><strong>{}</strong>", name, obj.get_severity_display()) if urgent else name

    @admin.display(description=_("block"))
    def place(self, obj: Case) -> str:
        return obj.block.name if obj.block else obj.address or "—"

    @admin.display(description=_("receiver"))
    def holder(self, obj: Case) -> str:
        return obj.receiver or "—"

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, obj: Case) -> SafeString:
        now = clock.now()
        when = _moment(obj.due_at)
        if obj.is_overdue(now):
            return format_html(
                '<span class="admin-clock admin-clock--overdue">{} {}</span>', _("Overdue"), when
            )
        if obj.is_due_soon(now):
            return format_html(
                '<span class="admin-clock admin-clock--soon">{} {}</span>', _("Due soon"), when
            )
        return when

    @admin.display(description=_("reported"), ordering="reported_at")
    def reported(self, obj: Case) -> SafeString:
        return _moment(obj.reported_at)

    @admin.display(description=_("demo"))
    def demo(self, obj: Case) -> SafeString:
        return demo_mark(obj.source)


def _moment(at: dt.datetime | None) -> SafeString:
    text = clock.local(at).strftime("%Y-%m-%d %H:%M") if at else "—"
    return format_html('<span class="admin-time">{}</span>', text)


def _each(request: HttpRequest, cases: QuerySet[Case], name: str) -> None:
    """The move for every case by itself, as the person; what was refused is told with its reason."""
    staff = cast(StaffRequest, request)
    by, at = By(user=staff.user, actor=staff.actor), clock.now()
    chosen = list(cases.order_by("pk").values_list("pk", "number")[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        text = _("At most %(most)d cases at once. Narrow the list with the filters.")
        messages.error(request, text % {"most": MOST_AT_ONCE})
        return
    refused: dict[str, list[str]] = {}
    for pk, number in chosen:
        try:
            move(case_id=pk, name=name, by=by, at=at)
        except Refusal as refusal:
            refused.setdefault(str(refusal), []).append(number)
    _sum_up(request, name, len(chosen) - sum(map(len, refused.values())), refused)


def _sum_up(request: HttpRequest, name: str, done: int, refused: Mapping[str, Sequence[str]]) -> None:
    label = MOVES[name].label
    if done:
        text = ngettext("%(move)s: %(count)d case.", "%(move)s: %(count)d cases.", done)
        messages.success(request, text % {"move": label, "count": done})
    for reason, numbers in refused.items():
        shown = ", ".join(numbers[:SHOWN_NUMBERS]) + (" …" if len(numbers) > SHOWN_NUMBERS else "")
        text = ngettext(
            "%(count)d case was left as it is: %(reason)s (%(numbers)s)",
            "%(count)d cases were left as they are: %(reason)s (%(numbers)s)",
            len(numbers),
        )
        messages.warning(request, text % {"count": len(numbers), "reason": reason, "numbers": shown})


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

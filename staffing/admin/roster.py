"""Rosters at the desk: who holds which post of a block, on any day; appointing, relieving, standing in, helpers."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from blocks.admin import BlockAdmin, StreetFilter
from blocks.models import Block
from staffing.actions import add_assistant, end_assistant, hand_over, relieve, stand_in
from staffing.admin.base import DayFilter, HistoryAdmin, PostsAdmin, entitled, who_and_when
from staffing.admin.days import BlockDays
from staffing.admin.forms import AssistantEndForm, AssistantForm, Change, TenureForm
from staffing.admin.posters import PosterVerbs
from staffing.admin.vacancies import OwnAreaFilter, VacanciesPage
from staffing.models import Assistant, Tenure
from staffing.policies import appoints, cadre_posts, may_appoint
from yuhu.kit import clock
from yuhu.kit.desk.lists import KnownFilter, scope_of

_ACTING = {
    Tenure.Seat.GOVERNOR: Tenure.Seat.ACTING_GOVERNOR,
    Tenure.Seat.SUPERVISOR: Tenure.Seat.ACTING_SUPERVISOR,
}
POSTS = tuple(_ACTING)


class BlockOfStreetFilter(StreetFilter):
    column = "block__community__street"


class VacantFilter(KnownFilter):
    """Posts without a holder, or with one whose account is closed."""

    title = _("vacancy")
    parameter_name = "vacant"
    NOBODY = Q(holder=None) | Q(holder__is_active=False)

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("yes", _("Vacant")), ("no", _("Held"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(self.NOBODY) if value == "yes" else rows.exclude(self.NOBODY)


class BlockVacancyFilter(KnownFilter):
    """Blocks that lack somebody today, also those whose post was never filled."""

    title = _("vacancy")
    parameter_name = "vacant"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [
            ("governor", _("No governor")),
            ("supervisor", _("No supervisor")),
            ("assistant", _("No assistant")),
        ]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        today = clock.today()
        found: Any
        if value == "assistant":
            found = Assistant.objects.on(today).filter(block=OuterRef("pk"), user__is_active=True)
        else:
            found = Tenure.objects.on(today).filter(block=OuterRef("pk"), post=value, holder__is_active=True)
        return rows.filter(~Exists(found))


class SheetTools(HistoryAdmin):
    """Lists above which the roster can be taken out and sent in as a sheet."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        tools = {"appoints": bool(appoints(request.user, on=clock.today()))}
        return super().changelist_view(request, {**tools, **(extra_context or {})})


class RosterAdmin(SheetTools, PostsAdmin):
    """Rows of a block's roster: open to read, written by whoever appoints in the block's area."""

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(appoints(request.user, on=clock.today()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or self.change_form is None:
            return super().has_change_permission(request, obj)
        return bool(may_appoint(request.user, area=obj.block.code, on=clock.today()))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts_on": clock.today(), **super().get_changeform_initial_data(request)}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Any:
        block = data["block"] if obj is None else obj.block
        entitled(may_appoint(request.user, area=block.code, on=clock.today()), field="block")
        return self.carry_out(request, obj, data)

    def carry_out(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Any:
        """Call the action; the person is entitled to it."""
        raise NotImplementedError

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "block", obj.block.code

    @admin.display(description=_("block"), ordering="block__code")
    def block_name(self, obj: Any) -> str:
        return f"{obj.block.name}（{obj.block.code}）"

    @admin.display(description=_("street"), ordering="block__community__street")
    def street(self, obj: Any) -> str:
        return str(obj.block.community.street.name)


@admin.register(Tenure)
class TenureAdmin(RosterAdmin):
    """The posts of the blocks and their holders today, on another day, or all there ever were."""

    add_form = TenureForm
    list_display = ("block_name", "street", "post", "held_by", "starts_on")
    list_filter = (DayFilter, VacantFilter, "post", BlockOfStreetFilter)
    list_select_related = ("block__community__street", "holder")
    search_fields = ("^block__code", "block__name", "=holder__employee_number", "holder__name")
    search_help_text = _("block or person")
    ordering = ("block__code", "post", "-starts_on")
    autocomplete_fields = ("block", "holder")
    prefilled = ("block", "post", "change", "holder")
    deferred = ("block__boundary", "block__community__boundary", "block__community__street__boundary")

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        """The end of a standing in is not a vacancy: it stands in the history only."""
        seen = super().visible(request, rows)
        if request.GET.get(DayFilter.parameter_name) == DayFilter.ALL:
            return seen
        return seen.exclude(holder=None, post__in=list(_ACTING.values()))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            TenureForm.Meta.fields
            if obj is None
            else ("block_name", "street", "post", "held_by", "starts_on")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj is not None and may_appoint(request.user, area=obj.block.code, on=clock.today()):
            context["changes_of"] = {"block": obj.block_id, "post": obj.post.removeprefix("acting_")}
        return super().render_change_form(request, context, *args, **kwargs)

    def carry_out(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Tenure:
        what = {"block": data["block"], "starts_on": data["starts_on"], **who_and_when(request)}
        post, somebody = Tenure.Seat(data["post"]), data["holder"]
        changes: dict[str, Callable[[], Tenure]] = {
            Change.APPOINT: lambda: hand_over(post=post, to=somebody, **what),
            Change.STAND_IN: lambda: stand_in(post=post, person=somebody, ends_on=data["ends_on"], **what),
            Change.RELIEVE: lambda: relieve(post=post, **what),
            Change.END_STANDING_IN: lambda: relieve(post=_ACTING[post], **what),
        }
        return changes[data["change"]]()

    @admin.display(description=_("holder"), ordering="holder__name")
    def held_by(self, obj: Tenure) -> str | SafeString:
        if obj.holder is None:
            return format_html('<strong class="admin-vacant">{}</strong>', _("vacant"))
        if not obj.holder.is_active:
            return format_html(
                '{} <strong class="admin-vacant">{}</strong>', obj.holder.name, _("account closed")
            )
        return obj.holder.name


@admin.register(Assistant)
class AssistantAdmin(RosterAdmin):
    """The N helpers of the blocks."""

    add_form, change_form = AssistantForm, AssistantEndForm
    list_display = ("block_name", "street", "user", "kind", "starts_on", "ends_on")
    list_display_links = ("user",)
    list_filter = (DayFilter, "kind", BlockOfStreetFilter)
    list_select_related = ("block__community__street", "user")
    search_fields = ("^block__code", "block__name", "=user__employee_number", "user__name")
    search_help_text = _("block or person")
    ordering = ("block__code", "kind", "-starts_on")
    autocomplete_fields = ("block", "user")
    prefilled = ("block", "user", "kind")
    deferred = ("block__boundary", "block__community__boundary", "block__community__street__boundary")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            AssistantForm.Meta.fields
            if obj is None
            else ("block_name", "user", "kind", "starts_on", "ends_on")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("block_name", "user", "kind", "starts_on")

    def carry_out(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Assistant:
        if obj is None:
            return add_assistant(**data, **who_and_when(request))
        return end_assistant(assistant=obj, ends_on=data["ends_on"], **who_and_when(request))


# The block's list with its roster is ours, as its detail in the API is: blocks know nobody.
admin.site.unregister(Block)


@admin.register(Block)
class BlockRosterAdmin(BlockDays, VacanciesPage, SheetTools, PosterVerbs, BlockAdmin):
    """The blocks with 1 + N + 1 of today: one row a block, vacancies to be seen at once."""

    list_display = (
        "code",
        "name",
        "street",
        "governor",
        "supervisor",
        "assistants_today",
        "households",
        "division",
    )
    list_filter = (BlockVacancyFilter, OwnAreaFilter, *BlockAdmin.list_filter)
    typed_by: ClassVar[tuple[str, ...]] = ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = clock.today()
        holders = {
            f"{seat.value}_today": Subquery(
                Tenure.objects.filter(block=OuterRef("pk"), post=seat, starts_on__lte=today)
                .order_by("-starts_on")
                .values("holder__name")[:1]
            )
            for seat in Tenure.Seat
        }
        helping = Assistant.objects.on(today).filter(block=OuterRef("pk")).order_by().values("block")
        count = Subquery(helping.annotate(found=Count("pk")).values("found"))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(**holders, helpers_today=count)
        return rows

    def choices(self, request: HttpRequest) -> Any:
        """Forms name the blocks in force today, in the areas of the person's posts."""
        scope = scope_of(request)
        rows: Any = Block.objects.in_force(clock.today()).within(scope).defer("boundary")
        # An office's people see no area's cases, but they visit its blocks.
        return rows.in_areas(scope.areas | {post.area for post in cadre_posts(request.user, clock.today())})

    def choice_label(self, obj: Block) -> str:
        return f"{obj.name}（{obj.code}）"

    def search(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> tuple[QuerySet[Any], bool]:
        if "field_name" in request.GET:  # suggestions for a form
            rows = self.choices(request).order_by("code")
        return super().search(request, rows, question)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "block", obj.code

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        facts = ("code", "name", "community", "number", "households", "division", "source")
        return (*facts, "governor", "supervisor", "helpers")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("governor", "supervisor", "helpers")

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj is not None and may_appoint(request.user, area=obj.code, on=clock.today()):
            context["changes_of"] = {"block": obj.pk}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("block governor"))
    def governor(self, obj: Any) -> str | SafeString:
        return _holder(obj.governor_today, obj.acting_governor_today)

    @admin.display(description=_("block supervisor"))
    def supervisor(self, obj: Any) -> str | SafeString:
        return _holder(obj.supervisor_today, obj.acting_supervisor_today)

    @admin.display(description=_("block assistants"))
    def assistants_today(self, obj: Any) -> int:
        return obj.helpers_today or 0

    @admin.display(description=_("block assistants"))
    def helpers(self, obj: Any) -> SafeString:
        rows = (
            Assistant.objects.on(clock.today())
            .filter(block=obj)
            .select_related("user")
            .order_by("kind", "user__name")
        )
        named = ((row.user.name, row.get_kind_display()) for row in rows)
        return format_html_join("", "{}（{}）<br>", named) or SafeString("—")


def _holder(name: str | None, acting: str | None) -> str | SafeString:
    """The holder, or that nobody is; and who stands in."""
    held: str | SafeString = name or format_html('<strong class="admin-vacant">{}</strong>', _("vacant"))
    return format_html("{}<br>{}", held, _("acting: %(name)s") % {"name": acting}) if acting else held

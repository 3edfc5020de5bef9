"""Items of agendas at the desk: deciding one, and the list of what meetings decided; cases that need a meeting."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blocks.admin import StreetFilter
from cases.actions import meetings
from cases.admin.base import SeesCases, moment
from cases.admin.many import tell_refused, too_many
from cases.admin.meeting_forms import AdjournForm, AgendaForm, SettleForm, WhistleForm
from cases.admin.meetings import ITEM_VERBS
from cases.models import AgendaItem, Case
from cases.policies.meetings import may_decide, may_lead
from cases.views.visible import by_of
from staffing.admin.verbs import Verb
from yuhu.kit import clock
from yuhu.kit.desk.forms import Named
from yuhu.kit.desk.lists import KnownFilter
from yuhu.kit.exceptions import Refusal
from yuhu.kit.verdicts import Verdict

MEETING = Named(AgendaItem, "meeting", _("Meeting"))
_LABELS = dict(ITEM_VERBS)


def may_item(verb: str) -> Callable[[Any, AgendaItem, dt.datetime], Verdict]:
    """The policy of a verb on an item."""
    return lambda user, row, at: may_decide(verb, user, row, at)


class ItemStreetFilter(StreetFilter):
    column = "meeting__street"


class DecisionFilter(KnownFilter):
    """What was decided."""

    title = _("decision")
    parameter_name = "decision"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        given = [(value, label) for value, label in AgendaItem.Decision.choices if value]
        return [("open", AgendaItem.Decision.OPEN.label), *given]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(decision="" if value == "open" else value)


@admin.register(AgendaItem)
class AgendaItemAdmin(SeesCases):
    """What meetings decided, newest first: of meetings and cases that the person sees."""

    noun = "item"
    list_display = ("number", "meeting_link", "begins", "decided", "led", "due_on", "case_state")
    list_display_links = ("number",)
    list_filter = (DecisionFilter, ItemStreetFilter)
    search_fields = ("=case__number", "meeting__title")
    search_help_text = _("Number of the case, or subject of the meeting")
    ordering = ("-meeting__starts_at", "-meeting_id", "no")
    sortable_by = ("begins", "due_on")
    list_select_related = ("meeting__street", "case__category", "lead_unit", "lead_person")
    deferred = ("meeting__street__boundary", "meeting__summary", "case__description", "case__block__boundary")
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb("settle", _LABELS["settle"], may_item("settle"), meetings.settle, SettleForm),
        Verb("whistle", _LABELS["whistle"], may_item("whistle"), meetings.whistle, WhistleForm),
        Verb("adjourn", _LABELS["adjourn"], may_item("adjourn"), meetings.adjourn, AdjournForm),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .select_related(
                *("meeting__street", "meeting__chair", "case__category", "case__block"),
                *("lead_unit", "lead_person", "measures", "decided_by", "case__lead_unit", "case__assignee"),
            )
        )

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        return bool(may_lead(request.user, obj.meeting, clock.now()))  # type: ignore[arg-type]

    def page_after(self, request: HttpRequest, obj: Any, verb: Verb) -> str:
        """On to the next item of the agenda."""
        return reverse("admin:cases_meeting_change", args=[obj.meeting_id]) + "#agenda"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        facts = ("meeting_link", "begins", "case_link", "category", "case_state", "holder", "decided")
        if obj is None or obj.is_open:
            return facts
        return (*facts, "led", "helping", "due_on", "written", "recorded")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    @admin.display(description=_("case"))
    def number(self, obj: AgendaItem) -> str:
        return obj.case.number

    @admin.display(description=_("meeting"))
    def meeting_link(self, obj: AgendaItem) -> SafeString:
        url = reverse("admin:cases_meeting_change", args=[obj.meeting_id])
        return format_html('<a href="{}">{}</a>', url, obj.meeting.title)

    @admin.display(description=_("begins"), ordering="meeting__starts_at")
    def begins(self, obj: AgendaItem) -> SafeString:
        return moment(obj.meeting.starts_at)

    @admin.display(description=_("case"))
    def case_link(self, obj: AgendaItem) -> SafeString:
        return format_html('<a href="{}">{}</a>', obj.case.get_absolute_url(), obj.case.number)

    @admin.display(description=_("category"))
    def category(self, obj: AgendaItem) -> str:
        where = f" · {obj.case.block.name}" if obj.case.block else ""
        return f"{obj.case.category.label}{where}"

    @admin.display(description=_("state of the case"))
    def case_state(self, obj: AgendaItem) -> str:
        return str(obj.case.get_state_display())

    @admin.display(description=_("receiver"))
    def holder(self, obj: AgendaItem) -> str:
        return obj.case.receiver or "—"

    @admin.display(description=_("decision"), ordering="decision")
    def decided(self, obj: AgendaItem) -> str:
        return str(obj.get_decision_display())

    @admin.display(description=_("takes the lead"))
    def led(self, obj: AgendaItem) -> str:
        return obj.lead or "—"

    @admin.display(description=_("units that help"))
    def helping(self, obj: AgendaItem) -> str:
        return "、".join(unit.name for unit in obj.co_units.all()) or "—"

    @admin.display(description=_("measures"))
    def written(self, obj: AgendaItem) -> str:
        return (obj.measures.text or str(_("(erased)"))) if obj.measures else "—"

    @admin.display(description=_("recorded by"))
    def recorded(self, obj: AgendaItem) -> SafeString | str:
        if obj.decided_by is None:
            return "—"
        return format_html("{} {}", obj.decided_by.name, moment(obj.decided_at))


class MeetingFilter(KnownFilter):
    """Complex cases that no meeting deals with, and those on an agenda."""

    title = _("meeting")
    parameter_name = "meeting"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("none", _("Complex, without a meeting")), ("set", _("On an agenda"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        if value == "none":
            return rows.without_meeting()
        return rows.filter(pk__in=AgendaItem.objects.filter(decision="").values("case"))


@admin.action(description=_("Put the selected cases on the agenda of a meeting"), permissions=["convene"])
def put_on_agenda(desk: Any, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
    """Each case by itself; what was refused is told with its numbers and the reason."""
    if too_many(request, queryset):
        return None
    form = AgendaForm(request.POST if "go" in request.POST else None)
    form.fields["meeting"] = desk.named_field(request, MEETING)
    if not (form.is_bound and form.is_valid()):
        answer: HttpResponse | None = desk._ask(
            request, queryset, form, "put_on_agenda", _("Put on the agenda")
        )
        return answer
    meeting, by, done = form.cleaned_data["meeting"], by_of(request), 0
    refused: dict[str, list[str]] = {}
    for case in queryset.order_by("pk"):
        try:
            meetings.add_cases(meeting=meeting, cases=[case], by=by, at=clock.now())
            done += 1
        except Refusal as refusal:
            # Its cause is the reason without the number of the case.
            refused.setdefault(str(refusal.__cause__ or refusal), []).append(case.number)
    if done:
        text = ngettext(
            "%(count)d case was put on the agenda.", "%(count)d cases were put on the agenda.", done
        )
        messages.success(request, text % {"count": done})
    tell_refused(request, refused)
    return None

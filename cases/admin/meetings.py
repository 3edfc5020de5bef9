"""Meetings at the desk: the list, and the page with the agenda, the verbs and what happened."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from blocks.admin import StreetFilter
from cases.actions import meetings
from cases.admin.base import SeesCases, moment
from cases.admin.meeting_forms import (
    INVITED,
    AttendanceForm,
    CasesForm,
    ChangeForm,
    ItemForm,
    MeetingForm,
    MinutesForm,
    ReasonForm,
    agenda_label,
)
from cases.models import AgendaItem, Case, Meeting
from cases.policies.meetings import convenes, may_act, may_decide, may_lead
from staffing.admin.verbs import Verb
from staffing.middleware import StaffRequest
from yuhu.kit import clock
from yuhu.kit.desk.forms import Named, VerbForm
from yuhu.kit.desk.lists import KnownFilter, demo_mark, scope_of
from yuhu.kit.verdicts import Verdict

DAY = dt.timedelta(days=1)
ITEM_VERBS = (
    ("settle", _("Fix who does it")),
    ("whistle", _("No agreement: whistle")),
    ("adjourn", _("Adjourn the item")),
)


def may_meet(verb: str) -> Callable[[Any, Meeting, dt.datetime], Verdict]:
    """The policy of a verb on a meeting."""
    return lambda user, row, at: may_act(verb, user, row, at)


class MeetingStreetFilter(StreetFilter):
    """By street."""


class DayOfMeetingFilter(KnownFilter):
    """Today, or the week ahead; any other day by the dates above the list."""

    title = _("day")
    parameter_name = "day"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("today", _("Today")), ("week", _("The next seven days"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        first = clock.day_start(clock.today())
        found = rows.between(first, first + (DAY if value == "today" else 7 * DAY))
        return found.exclude(state=Meeting.State.CANCELLED)


class MinutesFilter(KnownFilter):
    """What waits for its minutes, and what has them."""

    title = _("minutes")
    parameter_name = "minutes"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("missing", _("To be held or closed")), ("final", _("Minutes are final"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.awaiting_minutes(clock.now()) if value == "missing" else rows.exclude(closed_at=None)


@admin.register(Meeting)
class MeetingAdmin(SeesCases):
    """The meetings of the person's streets, and those to which he or she is invited, newest first."""

    noun = "meeting"
    add_form = MeetingForm
    change_form_template = "admin/cases/meeting/change_form.html"
    prefilled = ("cases",)
    list_display = (
        "subject",
        "street_name",
        "begins",
        "chaired",
        "state_badge",
        "cases_on_it",
        "minutes",
        "demo",
    )
    list_display_links = ("subject",)
    list_filter = ("state", MinutesFilter, DayOfMeetingFilter, MeetingStreetFilter)
    date_hierarchy = "starts_at"
    search_fields = ("title", "place")
    search_help_text = _("Subject, place, or the number of a case")
    ordering = ("-starts_at", "-id")
    sortable_by = ("begins",)
    autocomplete_fields = ("chair",)
    deferred = ("street__boundary", "summary", "reason")
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb("hold", _("Record that it was held"), may_meet("hold"), meetings.hold, AttendanceForm),
        Verb("add-case", _("Put cases on the agenda"), may_meet("add-case"), meetings.add_cases, CasesForm),
        Verb(
            "change",
            _("Change time, place or those invited"),
            may_meet("change"),
            meetings.change,
            ChangeForm,
        ),
        Verb(
            "close",
            _("Close the minutes"),
            may_meet("close"),
            meetings.close,
            MinutesForm,
            confirm=_("The minutes get their number. Nothing of them can be changed afterwards."),
        ),
        Verb(
            "remove-case",
            _("Take a case off the agenda"),
            may_meet("remove-case"),
            meetings.remove_case,
            ItemForm,
        ),
        Verb(
            "cancel",
            _("Cancel the meeting"),
            may_meet("cancel"),
            meetings.cancel,
            ReasonForm,
            confirm=_("Everybody invited is told, and the cases are free for another meeting."),
        ),
        Verb(
            "erase",
            _("Erase personal data"),
            may_meet("erase"),
            meetings.erase,
            confirm=_(
                "Residents' names, what was said and why it was cancelled are gone for good. "
                "The words of decisions are erased with their cases."
            ),
        ),
    )

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(convenes(cast(StaffRequest, request).posts))

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """Whoever is only invited need not read what leaders could do."""
        return bool(may_lead(request.user, obj, clock.now())) and verb.name != "erase"  # type: ignore[arg-type]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("street", "chair", "convener", "closed_by")
        counted: QuerySet[Any] = rows.annotate(
            all_items=Count("items", distinct=True),
            open_items=Count("items", filter=Q(items__decision=""), distinct=True),
        )
        return counted

    def choices(self, request: HttpRequest) -> Any:
        """Forms of other lists name meetings on whose agenda cases may still come."""
        rows: Any = self.get_queryset(request)
        return rows.filter(closed_at=None).exclude(state=Meeting.State.CANCELLED)

    def choice_label(self, obj: Meeting) -> str:
        return agenda_label(obj)

    def search(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> tuple[QuerySet[Any], bool]:
        if "field_name" in request.GET:  # suggestions for a form
            rows = self.choices(request).order_by("-starts_at")
        if not question.strip():
            return super().search(request, rows, question)
        found, twice = super().search(request, Meeting.objects.all(), question)
        # A number finds only what the person may see: an invitation must not tell whether a case is on the agenda.
        seen = AgendaItem.objects.within(scope_of(request)).filter(case__number__iexact=question.strip())
        return rows.filter(Q(pk__in=found.values("pk")) | Q(pk__in=seen.values("meeting"))), twice

    def form_of(self, request: HttpRequest, obj: Any, verb: Verb, data: Any = None) -> VerbForm:
        form = super().form_of(request, obj, verb, data)
        if isinstance(form, ItemForm):
            form.offer(AgendaItem.objects.within(scope_of(request)))
        return form

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if not change:  # those invited and the cases are none of the model's fields
            kwargs["fields"] = MeetingForm.Meta.fields
        form = super().get_form(request, obj, change, **kwargs)
        if not change:
            named = {**INVITED, "cases": Named(AgendaItem, "case", _("Cases"), many=True)}
            more = {name: self.named_field(request, one) for name, one in named.items()}
            form.base_fields = {**form.base_fields, **more}
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only the streets in which the person convenes."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "street" and field is not None:
            inside = Q(pk__in=[])
            for post in cast(StaffRequest, request).posts:
                if convenes([post]) and post.area:
                    inside |= Q(pk__startswith=post.area)
            field.queryset = field.queryset.filter(inside)
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """One's own street, oneself in the chair, and the street of the case from whose page one came."""
        staff = cast(StaffRequest, request)
        given = super().get_changeform_initial_data(request)
        street = next((post.area for post in staff.posts if convenes([post]) and len(post.area) == 9), "")
        if not street and given.get("cases"):
            chosen = Case.objects.within(staff.scope).filter(pk=given["cases"])
            street = chosen.values_list("street_code", flat=True).first() or ""
        return {"street": street, "chair": staff.user.pk, **given}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            form = ("street", "title", "starts_at", "place", "chair", "units", "invited")
            return (*form, "residents", "consent", "cases")
        return (
            *("title", "street_name", "begins", "place", "chaired", "convened", "state_badge"),
            *("people", "minutes", "document"),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without asking the form for its fields: those invited and the cases are none of the model's."""
        return [(None, {"fields": self.get_fields(request, obj)})]

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Meeting:
        return meetings.convene(**data, **self.who(request))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        super().response_add(request, obj, post_url_continue)  # says that it was stored
        return redirect(self.page_of(obj))

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "meeting", obj.pk

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj: Meeting | None = context.get("original")
        if obj is not None:
            context["agenda"] = list(self._agenda(request, obj))
        return super().render_change_form(request, context, *args, **kwargs)

    def _agenda(self, request: HttpRequest, obj: Meeting) -> Any:
        """The items with what may be done with each; no row where the case is not open to the person."""
        at = clock.now()
        joined = ("case__category", "case__block", "lead_unit", "lead_person")
        seen = AgendaItem.objects.within(scope_of(request)).filter(meeting=obj).select_related(*joined)
        seen = seen.defer("case__block__boundary", "case__description").with_taken_on()
        rows = {row.pk: row for row in seen}
        for pk, no in obj.items.order_by("no").values_list("pk", "no"):
            row = rows.get(pk)
            if row is None:
                yield {"no": no, "item": None}
                continue
            row.meeting = obj
            url = reverse("admin:cases_agendaitem_change", args=[pk])
            can = [
                (label, f"{url}#do-{verb}")
                for verb, label in ITEM_VERBS
                if may_decide(verb, request.user, row, at)  # type: ignore[arg-type]
            ]
            yield {"no": no, "item": row, "url": url, "verbs": can}

    @admin.display(description=_("subject"), ordering="title")
    def subject(self, obj: Meeting) -> str:
        return obj.title

    @admin.display(description=_("street"))
    def street_name(self, obj: Meeting) -> str:
        return str(obj.street.name)

    @admin.display(description=_("begins"), ordering="starts_at")
    def begins(self, obj: Meeting) -> SafeString:
        return moment(obj.starts_at)

    @admin.display(description=_("chair"))
    def chaired(self, obj: Meeting) -> str:
        return obj.chair.name

    @admin.display(description=_("convened by"))
    def convened(self, obj: Meeting) -> SafeString:
        return format_html("{} {}", obj.convener.name, moment(obj.convened_at))

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, obj: Meeting) -> SafeString:
        ended = obj.is_closed or obj.state == Meeting.State.CANCELLED
        badge = format_html(
            '<span class="admin-state{}">{}</span>',
            " admin-state--end" if ended else "",
            _("Minutes are final") if obj.is_closed else obj.get_state_display(),
        )
        if obj.is_over(clock.now()):
            return format_html("{}<br>{}", badge, _("to be recorded as held, or cancelled"))
        if obj.state == Meeting.State.HELD and not obj.is_closed:
            return format_html("{}<br>{}", badge, _("minutes to be closed"))
        return badge

    @admin.display(description=_("cases"))
    def cases_on_it(self, obj: Any) -> str:
        if obj.state == Meeting.State.HELD and obj.open_items:
            return str(_("%(all)d, %(open)d to decide") % {"all": obj.all_items, "open": obj.open_items})
        return str(obj.all_items)

    @admin.display(description=_("minutes"), ordering="number")
    def minutes(self, obj: Meeting) -> str:
        return obj.minutes_name or "—"

    @admin.display(description=_("those invited"))
    def people(self, obj: Meeting) -> SafeString:
        rows = sorted(obj.participants.select_related("unit", "user"), key=lambda one: one.rank)
        said = {True: _(" (present)"), False: _(" (absent)")}
        marks = (f"{row}{said.get(cast(Any, row.attended), '')}" for row in rows)
        return format_html("{}", "、".join(marks) or "—")

    @admin.display(description=_("document"))
    def document(self, obj: Meeting) -> SafeString:
        text = _("Open, print or download it")
        return format_html('<a href="{}">{}</a>', obj.get_absolute_url(), text)

    @admin.display(description=_("demo"))
    def demo(self, obj: Meeting) -> SafeString:
        return demo_mark(obj.source)

"""Leave at the desk: who is away today, who acts meanwhile, and where nobody does.

Open to whoever sees the person's area or unit; kept by whoever appoints there. Why somebody is away is shown to those
who appoint there and to the auditor alone.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from staffing.actions import cancel_leave, end_leave, name_stand_in, take_leave
from staffing.admin.base import DayFilter
from staffing.admin.verbs import PersonVerbsAdmin, Verb
from staffing.figures import away, turns_of
from staffing.models import Absence, AbsenceState, StandIn, User
from staffing.policies import (
    appoints,
    areas_of_personnel,
    may_appoint,
    may_cancel_absence,
    may_end_absence,
    may_name_stand_in,
)
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.forms import ActionForm, DayField, Named, VerbForm
from yuhu.kit.desk.lists import KnownFilter, scope_of


class AbsenceForm(ActionForm):
    """Somebody will be away, or is."""

    starts_on = DayField(label=_("From"), help_text=_("The first day away."))
    ends_on = DayField(label=_("Until (exclusive)"), help_text=_("The first day back."))
    # The desk puts its search box here (``get_form``).
    stand_in = forms.ModelChoiceField(queryset=User.objects.none(), required=False)
    named = Named(
        StandIn,
        "person",
        _("Stands in"),
        required=False,
        help_text=_(
            "Acts in all posts of blocks that the person has, on all these days, and receives the cases or "
            "evaluations. Somebody else for one block can be named on the next page. Empty for people of units."
        ),
    )

    class Meta:
        model = Absence
        fields = ("person", "kind", "starts_on", "ends_on")


class StandInForm(VerbForm):
    """Who acts in which post; the desk fills in the posts."""

    seat = forms.ChoiceField(label=_("post"))
    named: ClassVar = {
        "stand_in": Named(
            StandIn,
            "person",
            _("Stands in"),
            help_text=_("From today, or from the first day of a leave that is planned."),
        )
    }


class EndLeaveForm(VerbForm):
    """The person is back."""

    ends_on = DayField(
        label=_("Back on"),
        help_text=_("The first day back, today or later. Whoever stands in is relieved on this day."),
    )

    @classmethod
    def initial_of(cls, obj: Any) -> dict[str, Any]:
        return {"ends_on": max(clock.today(), obj.starts_on + dt.timedelta(days=1))}


class LeaveDayFilter(DayFilter):
    """Those who are away today, on a day, those who will be, or all there ever were."""

    PLANNED = "planned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(self.PLANNED, _("Planned for later")), *super().lookups(request, model_admin)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: Any = queryset
        if self.value() == self.PLANNED:
            planned: QuerySet[Any] = rows.planned(clock.today())
            return planned
        return super().queryset(request, queryset)

    def choices(self, changelist: Any) -> Iterator[Any]:
        today, *others = super().choices(changelist)
        known = self.value() in (self.ALL, self.PLANNED) or self.day is not None
        yield {**today, "display": gettext("Away today"), "selected": not known}
        yield from others


class CoverFilter(KnownFilter):
    """Where nobody acts today, or on the first day of what is planned."""

    title = _("standing in")
    parameter_name = "cover"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("none", _("Nobody acts")), ("yes", _("Somebody acts, or nobody need"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(has_gap=value == "none")


class KindFilter(KnownFilter):
    """By kind of leave, of those of whom one may know it."""

    title = pgettext_lazy("leave", "kind")
    parameter_name = "kind"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(Absence.Kind.choices)

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(tells_why=True, kind=value)


def act_for(*, absence: Absence, seat: str, stand_in: User, **who: Any) -> object:
    """``seat`` is one of those that the form offered."""
    block, post = seat.split("-", 1)
    return name_stand_in(
        absence=absence, block=Block.objects.get(pk=block), post=post, stand_in=stand_in, **who
    )


@admin.register(Absence)
class AbsenceAdmin(PersonVerbsAdmin):
    """Leave, with those who stand in."""

    add_form = AbsenceForm
    noun = "absence"
    change_form_template = "admin/staffing/absence/change_form.html"
    list_display = ("named", "starts_on", "last_day", "state", "acting")
    list_filter = (LeaveDayFilter, CoverFilter)
    list_select_related = ("person",)
    search_fields = ("=person__employee_number", "person__name")
    search_help_text = _("name or employee number")
    ordering = ("-starts_on", "-pk")
    autocomplete_fields = ("person",)
    prefilled = ("person",)
    verbs = (
        Verb(
            "stand-in",
            _("Name who stands in"),
            lambda user, row, at: may_name_stand_in(user, row, on=clock.local_date(at)),
            act_for,
            StandInForm,
        ),
        Verb(
            "end",
            _("Back earlier"),
            lambda user, row, at: may_end_absence(user, row, on=clock.local_date(at)),
            end_leave,
            EndLeaveForm,
        ),
        Verb(
            "cancel",
            _("Cancel this leave"),
            lambda user, row, at: may_cancel_absence(user, row, on=clock.local_date(at)),
            cancel_leave,
            confirm=_(
                "Only for leave that is not taken at all, or was recorded by mistake. "
                "Whoever stands in is relieved."
            ),
        ),
    )

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(appoints(request.user, on=clock.today()))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = clock.today()
        rows: Any = super().get_queryset(request)
        rows = rows.with_why(areas_of_personnel(request.user, today))
        stand_ins = StandIn.objects.select_related("person").order_by("pk")
        found: QuerySet[Any] = rows.with_gap(today).prefetch_related(Prefetch("stand_ins", stand_ins))
        return found

    def get_list_display(self, request: HttpRequest) -> Any:
        known = areas_of_personnel(request.user, clock.today())
        return (*self.list_display, "why") if known else self.list_display

    def get_list_filter(self, request: HttpRequest) -> Any:
        known = areas_of_personnel(request.user, clock.today())
        return (*self.list_filter, KindFilter) if known else self.list_filter

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return (*AbsenceForm.Meta.fields, "stand_in")
        why = ("kind",) if obj.tells_why else ()
        return ("named", *why, "starts_on", "last_day", "back_on", "day_count", "state")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "stand_in" in form.base_fields:
            form.base_fields["stand_in"] = self.named_field(request, AbsenceForm.named)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts_on": clock.today(), **super().get_changeform_initial_data(request)}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Absence:
        return take_leave(**data, **self.who(request))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """To the new row: there one sees who acts, and where nobody does."""
        messages.success(request, gettext("Recorded: %(leave)s.") % {"leave": obj})
        return redirect(self.page_of(obj))

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        return self.has_edit_permission(request)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "absence", obj.pk

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj is not None:
            context["turns"] = turns_of(obj)
            today = clock.today()
            context["today"] = today
            context["gap"] = obj.state(today) in (AbsenceState.AWAY, AbsenceState.PLANNED) and any(
                turn.is_gap and turn.ends_on > today for turn in context["turns"]
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def form_of(self, request: HttpRequest, obj: Any, verb: Verb, data: Any = None) -> VerbForm:
        form = super().form_of(request, obj, verb, data)
        if isinstance(form, StandInForm):
            form.fields["seat"] = forms.ChoiceField(label=_("post"), choices=self.seats(request, obj))
            form.order_fields(("seat", "stand_in"))
        return form

    def seats(self, request: HttpRequest, obj: Absence) -> list[tuple[str, str]]:
        """The posts in which the person may say who acts, those in which nobody does first."""
        today = clock.today()
        turns = [turn for turn in turns_of(obj) if turn.ends_on > today]
        turns.sort(key=lambda turn: (not turn.is_gap, turn.block.code))
        found: dict[str, str] = {}
        for turn in turns:
            if may_appoint(request.user, area=turn.block.code, on=today):
                now = turn.person.name if turn.person and not turn.is_gap else gettext("nobody acts")
                found.setdefault(
                    f"{turn.block.pk}-{turn.post.value}", f"{turn.block.name} · {turn.post.label} · {now}"
                )
        return list(found.items())

    @admin.display(description=_("person"), ordering="person__name")
    def named(self, obj: Absence) -> str:
        return f"{obj.person.name}（{obj.person.employee_number or obj.person.username}）"

    @admin.display(description=_("last day"), ordering="ends_on")
    def last_day(self, obj: Absence) -> str:
        return date_format(obj.last_day)

    # Not sorted by: the order would tell what the column keeps to itself.
    @admin.display(description=pgettext_lazy("leave", "kind"))
    def why(self, obj: Any) -> str:
        return str(obj.get_kind_display()) if obj.tells_why else "—"

    @admin.display(description=_("Back on"))
    def back_on(self, obj: Absence) -> str:
        return date_format(obj.ends_on)

    @admin.display(description=_("days away"))
    def day_count(self, obj: Absence) -> int:
        return obj.days

    @admin.display(description=pgettext_lazy("leave", "state"))
    def state(self, obj: Absence) -> str:
        return obj.state(clock.today()).label

    @admin.display(description=_("stands in"))
    def acting(self, obj: Any) -> str | SafeString:
        """Who was named; and that nobody acts, where that is so."""
        if obj.cancelled_at is not None:
            return "—"
        names = "、".join(dict.fromkeys(row.person.name for row in obj.stand_ins.all()))
        if not obj.has_gap or obj.state(clock.today()) is AbsenceState.OVER:
            return names or "—"
        return format_html('{} <strong class="admin-vacant">{}</strong>', names, _("nobody acts"))


@day.add
def on_leave(request: HttpRequest) -> Iterator[day.Item]:
    """Who is away today, and where nobody acts: of those whom the person sees."""
    if not scope_of(request).has_post:
        return
    number, gaps = away(scope_of(request), clock.today())
    url = reverse("admin:staffing_absence_changelist")
    yield day.Item(day.Part.PEOPLE, _("On leave today"), number, url)
    yield day.Item(day.Part.PEOPLE, _("On leave, and nobody acts"), gaps, f"{url}?cover=none")

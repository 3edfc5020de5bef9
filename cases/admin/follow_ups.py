"""Follow-up calls at the desk (回访名单): whom to call, what they said; one call at a time.

The number is shown by the door that every unmasking has, with a reason and a journal entry (cases.views.person).
"""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from blocks.admin import StreetFilter
from cases.actions import follow_ups as actions
from cases.actions.follow_ups.calling import LONGEST_COMMENT, NO_ANSWER
from cases.admin.base import LoopAdmin, moment
from cases.figures.follow_ups import calls_for
from cases.models import FollowUpCall
from cases.models.follow_ups import MOST_ATTEMPTS
from cases.policies import Look, may_unmask
from cases.policies import follow_ups as policies
from cases.states import Satisfaction, Solved
from cases.views.visible import viewer_of
from staffing.admin.verbs import Verb
from staffing.middleware import StaffRequest
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.day import Item, Part
from yuhu.kit.desk.forms import VerbForm
from yuhu.kit.desk.lists import KnownFilter, demo_mark

Outcome = FollowUpCall.Outcome


class RecordForm(VerbForm):
    """What came of the call; the two answers are asked of whoever answered."""

    outcome = forms.ChoiceField(
        label=_("outcome"),
        choices=[
            (Outcome.REACHED, Outcome.REACHED.label),
            (NO_ANSWER, _("Nobody answered (try again on another day)")),
            (Outcome.REFUSED, Outcome.REFUSED.label),
            (Outcome.WRONG_NUMBER, Outcome.WRONG_NUMBER.label),
        ],
        widget=forms.RadioSelect(attrs={"class": "admin-choices"}),
    )
    solved = forms.ChoiceField(
        label=_("Is it solved?"),
        required=False,
        choices=[("", _("not asked")), *Solved.choices],
        help_text=_("Needed when the person answered."),
    )
    satisfaction = forms.ChoiceField(
        label=_("Are you satisfied?"),
        required=False,
        choices=[("", _("not asked")), *Satisfaction.choices],
        help_text=_("Needed when the person answered."),
    )
    comment = forms.CharField(
        label=_("What the person said"),
        required=False,
        max_length=LONGEST_COMMENT,
        help_text=_("Without names and phone numbers."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class ShowFilter(KnownFilter):
    """To call, or called with which outcome."""

    title = _("what waits")
    parameter_name = "show"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        waits = [("mine", _("To be called by me")), ("to_call", _("To call")), ("late", _("To call, late"))]
        return [*waits, *Outcome.choices]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        if value == "mine":
            return rows.filter(pk__in=calls_for(viewer_of(request)).values("pk"))
        if value in Outcome.values:
            return rows.filter(outcome=value)
        return rows.late(clock.now()) if value == "late" else rows.to_call()


class CallStreetFilter(StreetFilter):
    column = "draw__street"


@admin.register(FollowUpCall)
class FollowUpCallAdmin(LoopAdmin):
    """The calls of the person's streets, the newest week first."""

    look = Capability.SEE_FIGURES
    noun = "call"
    list_display = ("number", "category", "street", "reason", "due", "tried", "state", "called_by", "demo")
    list_display_links = ("number",)
    list_filter = (ShowFilter, CallStreetFilter, "reason")
    list_select_related = ("case__category", "draw__street", "called_by", "taken_by")
    search_fields = ("=case__number",)
    search_help_text = _("Number of the case")
    ordering = ("-draw__week", "pk")
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb("take", _("I call now"), policies.may_take, actions.take),
        Verb("record", _("Record the call"), policies.may_record, actions.record_call, RecordForm),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        facts = ("case_link", "category", "street", "reason", "closed", "person")
        if obj is None or not obj.outcome:
            return (*facts, "phone", "due", "tried", "taken", "state")
        answer = ("solved", "satisfaction") if obj.solved else ()
        return (*facts, "tried", "state", *answer, "said", "called_by", "ended")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """One reason is enough: recording is in question once the call is taken."""
        if obj.outcome:
            return False
        taken = bool(policies.may_record(cast(StaffRequest, request).user, obj, clock.now()))
        return (verb.name == "record") == taken

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "follow_up", obj.pk

    @admin.display(description=_("case"), ordering="case__number")
    def number(self, obj: FollowUpCall) -> str:
        return obj.case.number

    @admin.display(description=_("case"))
    def case_link(self, obj: FollowUpCall) -> SafeString:
        return format_html('<a href="{}">{}</a>', obj.case.get_absolute_url(), obj.case.number)

    @admin.display(description=_("category"))
    def category(self, obj: FollowUpCall) -> str:
        return obj.case.category.label

    @admin.display(description=_("street"), ordering="draw__street")
    def street(self, obj: FollowUpCall) -> str:
        return obj.draw.street.name

    @admin.display(description=_("closed"))
    def closed(self, obj: FollowUpCall) -> SafeString:
        return moment(obj.case.closed_at)

    @admin.display(description=_("reporter"))
    def person(self, obj: FollowUpCall) -> str:
        found = getattr(obj.case, "reporter", None)
        return f"{found.name_masked} {found.phone_masked}".strip() if found else "—"

    @admin.display(description=_("phone"))
    def phone(self, obj: FollowUpCall) -> SafeString | str:
        """Where the number is shown, to whom it may be."""
        if not getattr(obj, "may_unmask", False):
            return "—"
        address = reverse("cases:person", args=[obj.case.number])
        return format_html(
            '<a href="{}">{}</a>', address, _("Show the number (you say why, and it is recorded)")
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, and whether this person may see the number."""
        row = super().get_object(request, object_id, from_field)
        if row is not None and not row.outcome:
            row.may_unmask = bool(may_unmask(Look(row.case, cast(StaffRequest, request).user, clock.now())))
        return row

    @admin.display(description=_("to be called by"), ordering="draw__due_at")
    def due(self, obj: FollowUpCall) -> SafeString:
        return moment(obj.draw.due_at, late=not obj.outcome and obj.draw.due_at < clock.now())

    @admin.display(description=_("attempts without an answer"), ordering="attempts")
    def tried(self, obj: FollowUpCall) -> str:
        if not obj.attempts or obj.attempted_at is None:
            return "—"
        values = {"number": obj.attempts, "most": MOST_ATTEMPTS, "on": clock.local_date(obj.attempted_at)}
        return gettext("%(number)d of %(most)d, last on %(on)s") % values

    @admin.display(description=_("calls today"))
    def taken(self, obj: FollowUpCall) -> str:
        today = obj.taken_at is not None and clock.local_date(obj.taken_at) == clock.today()
        return obj.taken_by.name if today and obj.taken_by and not obj.outcome else "—"

    @admin.display(description=_("outcome"), ordering="outcome")
    def state(self, obj: FollowUpCall) -> SafeString:
        waits = pgettext_lazy("follow-up call", "To call")
        again = pgettext_lazy("follow-up call", "Reopened: not now")
        word = obj.get_outcome_display() or (waits if obj.case.state == "closed" else again)
        return format_html('<span class="admin-state">{}</span>', word)

    @admin.display(description=_("what the person said"))
    def said(self, obj: FollowUpCall) -> str:
        return obj.comment.text if obj.comment and obj.comment.text else "—"

    @admin.display(description=_("ended"))
    def ended(self, obj: FollowUpCall) -> SafeString:
        return moment(obj.ended_at)

    @admin.display(description=_("demo"))
    def demo(self, obj: FollowUpCall) -> SafeString:
        return demo_mark(obj.source)


@day.add
def calls_today(request: HttpRequest) -> Iterator[Item]:
    """For duty officers of the platform that calls. One query, none for others."""
    if not policies.calling_posts(cast(StaffRequest, request).posts):
        return
    late = Count("pk", filter=Q(draw__due_at__lt=clock.now()))
    found = calls_for(viewer_of(request)).order_by().aggregate(number=Count("pk"), late=late)
    address = f"{reverse('admin:cases_followupcall_changelist')}?show=mine"
    yield Item(Part.DO, _("Follow-up calls"), found["number"], address, late=found["late"])

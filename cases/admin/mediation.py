"""Mediations at the desk: for the mediators of the unit only; opened by whoever works on the dispute."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from cases.actions import mediation as actions
from cases.admin.base import LoopAdmin
from cases.exceptions import NoSuchCase
from cases.figures.mediation import results
from cases.forms import mediation as forms
from cases.models import Case, Mediation
from cases.policies import mediation as policies
from cases.views.person import FRESH_SECONDS, is_the_person
from staffing.admin.verbs import Verb
from staffing.middleware import StaffRequest, has_proven
from staffing.policies import may
from staffing.posts import Capability, PostKind
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.day import Item, Part
from yuhu.kit.desk.lists import KnownFilter, demo_mark, scope_of
from yuhu.kit.exceptions import Refusal

OPENERS = frozenset({PostKind.DUTY_OFFICER, PostKind.HEAD, PostKind.MEMBER, PostKind.MEDIATOR})


class MediationFilter(KnownFilter):
    """What waits for the mediators."""

    title = _("waits")
    parameter_name = "waits"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [
            ("running", _("Being mediated")),
            ("late", _("Overdue")),
            ("perform", _("Performance to be followed up")),
            ("ended", _("Ended, not referred")),
            ("told", _("Performance known")),
        ]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        narrowed: dict[str, Callable[[], Any]] = {
            "running": rows.running,
            "late": lambda: rows.late(clock.now()),
            "perform": lambda: rows.to_perform(clock.today()),
            "ended": rows.ended,
            "told": lambda: rows.ended().exclude(performance="pending"),
        }
        return narrowed[value]()


@admin.register(Mediation)
class MediationAdmin(LoopAdmin):
    """The file of each mediation, with what can be done next by law."""

    change_form_template = "admin/cases/mediation/change_form.html"
    add_form = forms.OpenForm
    noun = "mediation"
    list_display = ("case", "kind", "unit", "mediator", "state", "opened", "due", "performance", "demo")
    list_filter = (MediationFilter, "kind", "state", "performance", "confirmation")
    list_select_related = ("case", "unit", "mediator")
    search_fields = ("case__number", "unit__name", "mediator__name")
    search_help_text = _("Case number, unit or mediator")
    ordering = ("-opened_at", "-pk")
    autocomplete_fields = ("unit", "mediator")
    fields = (
        *("case_link", "kind", "basis", "unit", "mediator", "state", "opened_at", "due_at", "extended"),
        *("ended_at", "police_told_at", "form", "in_force_on", "perform_by", "performance"),
        *("confirmation", "confirmation_asked_on", "referral", "parties"),
    )
    verbs = (
        Verb("party", _("Add a party"), policies.may_go_on, actions.add_mediation_party, forms.PartyForm),
        Verb(
            "consent",
            _("Note what a party says"),
            policies.may_go_on,
            actions.note_consent,
            forms.ConsentForm,
        ),
        Verb("session", _("Record a session"), policies.may_go_on, actions.hold_session, forms.SessionForm),
        Verb("agree", _("Record the agreement"), policies.may_agree, actions.agree, forms.AgreeForm),
        Verb("extend", _("Extend"), policies.may_extend, actions.extend_mediation, forms.ExtendForm),
        Verb("refer", _("Refer"), policies.may_go_on, actions.refer, forms.ReferForm),
        Verb("fail", _("End without an agreement"), policies.may_go_on, actions.fail, forms.FailForm),
        Verb(
            "police",
            _("Told the police of a risk of crime"),
            policies.may_go_on,
            actions.tell_police,
            forms.PoliceForm,
        ),
        Verb(
            *("performance", _("Follow up the performance"), policies.may_follow_up),
            *(actions.note_performance, forms.PerformanceForm),
        ),
        Verb(
            *("ask-confirmation", _("Ask for judicial confirmation"), policies.may_ask_confirmation),
            *(actions.ask_confirmation, forms.AskConfirmationForm),
        ),
        Verb(
            *("decide-confirmation", _("Decision of the court"), policies.may_decide_confirmation),
            *(actions.decide_confirmation, forms.DecideConfirmationForm),
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may(request.user, Capability.MEDIATE, on=clock.today()))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return any(post.kind in OPENERS for post in cast(StaffRequest, request).posts)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or self.has_add_permission(request)

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """While it runs what ends it is in question, afterwards what follows."""
        follows = verb.name in ("performance", "ask-confirmation", "decide-confirmation")
        return follows != obj.is_open if obj.state in ("open", "agreed") else False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return forms.OpenForm.Meta.fields if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("case_link", "referral", "parties")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"number": request.GET.get("number", "")[:32]}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Mediation:
        number = data.pop("number").strip()
        case = Case.objects.within(scope_of(request)).filter(number=number).select_related("category").first()
        if case is None:
            raise NoSuchCase(field="number")
        return actions.open_mediation(case=case, **data, **self.who(request))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Whoever opened it reads it only as one of its mediators."""
        messages.success(request, gettext("The mediation was opened; its mediator is told."))
        seen = Mediation.objects.within(scope_of(request)).filter(pk=obj.pk).exists()
        return redirect(obj if seen else obj.case)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "mediation", obj.pk

    def get_urls(self) -> list[URLPattern]:
        view = never_cache(self.admin_site.admin_view(self.parties_view))
        return [path("<int:pk>/parties/", view, name="cases_mediation_parties"), *super().get_urls()]

    def parties_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Names and phones in clear: once, for a reason, after a fresh log-in."""
        obj, staff = self.get_object(request, str(pk)), cast(StaffRequest, request)
        if obj is None or not policies.may_keep(staff.user, obj, clock.now()):
            raise PermissionDenied
        ask = not has_proven(request, within_seconds=FRESH_SECONDS)
        form = forms.RevealForm(request.POST if request.method == "POST" else None, ask_password=ask)
        shown = None
        if form.is_bound and form.is_valid():
            if ask and not is_the_person(staff, form.cleaned_data["password"]):
                form.add_error("password", _("This is not your password. Please try again."))
            else:
                try:
                    shown = actions.reveal_parties(
                        mediation=obj, reason=form.cleaned_data["reason"], **self.who(request)
                    )
                except Refusal as refusal:
                    form.add_error("reason", str(refusal))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Parties of the mediation"),
            "opts": self.opts,
            "object": obj,
            "form": form,
            "shown": shown,
            "back_url": self.page_of(obj),
        }
        return TemplateResponse(request, "admin/cases/mediation/parties.html", context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (obj := context.get("original")) is not None:
            context["records"] = actions.texts_of(obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Above the list: how the mediations of these units ended."""
        context = {"results": results(scope_of(request)), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=_("case"))
    def case_link(self, obj: Mediation) -> SafeString:
        return format_html('<a href="{}">{}</a>', obj.case.get_absolute_url(), obj.case.number)

    @admin.display(description=_("referral"))
    def referral(self, obj: Mediation) -> str:
        before = obj.referred_from
        after = Mediation.objects.filter(referred_from=obj).select_related("case").first()
        told = [gettext("from: %(what)s") % {"what": before}] if before else []
        told += [gettext("to: %(what)s") % {"what": after}] if after else []
        return "；".join(told) or "—"

    @admin.display(description=_("parties"))
    def parties(self, obj: Mediation) -> SafeString:
        answers = {None: _("not asked yet"), True: _("agrees"), False: _("refuses")}
        rows = (
            (party.get_side_display(), party.name_masked, party.phone_masked, answers[party.consents])
            for party in obj.parties.order_by("side", "pk")
        )
        link = format_html(
            '<a href="{}">{}</a>',
            reverse("admin:cases_mediation_parties", args=[obj.pk]),
            _("Show names and phones"),
        )
        listed = format_html_join("", "{} {} {}（{}）<br>", rows)
        return format_html("{}{}", listed, link) if listed else SafeString("—")

    @admin.display(description=_("opened"), ordering="opened_at")
    def opened(self, obj: Mediation) -> str:
        return clock.local(obj.opened_at).strftime("%Y-%m-%d")

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, obj: Mediation) -> SafeString | str:
        on = clock.local(obj.due_at).strftime("%Y-%m-%d")
        if obj.is_open and obj.due_at < clock.now():
            return format_html(
                '<span class="admin-clock admin-clock--overdue">{} {}</span>', _("Overdue"), on
            )
        return on if obj.is_open else "—"

    @admin.display(description=_("demo"))
    def demo(self, obj: Mediation) -> SafeString:
        return demo_mark(obj.source)


@day.add
def of_mediations(request: HttpRequest) -> Iterator[Item]:
    """For mediators: what runs, what is late, what should have been performed."""
    scope = scope_of(request)
    if not scope.confidential:
        return
    rows, address = Mediation.objects.within(scope), reverse("admin:cases_mediation_changelist")
    now = clock.now()
    late = rows.late(now).count()
    yield Item(Part.DO, _("Mediations"), rows.running().count(), f"{address}?waits=running", late=late)
    number = rows.to_perform(clock.local_date(now)).count()
    yield Item(Part.DO, _("Agreements to follow up"), number, f"{address}?waits=perform")

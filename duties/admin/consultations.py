"""The desk for streets' rights: a department asks, streets answer, the department replies, streets assess.

Two lists: the consultations, and under each the answers of the asked streets, where the streets act. Leaves to
others: who may and when (policies), what happens (actions).
"""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import Count, ForeignKey, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from blocks.models import Street
from duties.actions import (
    Plan,
    amend_consultation,
    answer_consultation,
    assess,
    close_consultation,
    discard_consultation,
    draft_consultation,
    erase_consultation,
    open_consultation,
    reply_to_answer,
    sign_answer,
)
from duties.admin.forms import AmendForm, AnswerForm, AssessForm, ConsultationForm, ReplyForm
from duties.admin.waiting import AnswerStreetFilter, PositionFilter, TodoFilter
from duties.models import Consultation, StreetAnswer
from duties.policies import (
    led_streets,
    may_amend,
    may_answer,
    may_assess,
    may_close,
    may_consult,
    may_erase_texts,
    may_open,
    may_reply,
    may_sign,
    own_departments,
    own_streets,
)
from staffing.admin.base import entitled
from staffing.admin.verbs import PersonVerbsAdmin, Verb
from staffing.models import Unit
from yuhu.kit import clock
from yuhu.kit.desk.forms import ReadForm
from yuhu.kit.desk.lists import scope_of

State = Consultation.State


def _amend(*, consultation: Consultation, by: Any, at: Any, actor: Any, **plan: Any) -> Consultation:
    return amend_consultation(consultation=consultation, plan=Plan(**plan), by=by, at=at, actor=actor)


@admin.register(Consultation)
class ConsultationAdmin(PersonVerbsAdmin):
    """Departments ask by a form and open the draft; the asked streets find it here, and their own answers under it."""

    add_form = ConsultationForm
    change_form_template = "admin/duties/consultation/change_form.html"
    list_display = ("title", "unit", "state_now", "due_on", "progress")
    list_filter = ("state",)
    list_select_related = ("unit",)
    search_fields = ("title", "unit__name")
    search_help_text = _("plan or project, or department")
    date_hierarchy = "due_on"
    noun = "consultation"
    verbs = (
        Verb(
            "open",
            _("Open it to the streets"),
            may_open,
            open_consultation,
            confirm=_("The streets are told at once, and the text can no longer be changed."),
        ),
        Verb("amend", _("Change the draft"), may_amend, _amend, AmendForm),
        Verb(
            "discard",
            _("Discard the draft"),
            may_amend,
            discard_consultation,
            confirm=_("The draft is deleted. This cannot be undone."),
        ),
        Verb(
            "close",
            _("Close it"),
            may_close,
            close_consultation,
            confirm=_("No street can answer after that; streets are then asked to assess the project."),
        ),
        Verb(
            "erase",
            _("Erase the texts"),
            may_erase_texts,
            erase_consultation,
            confirm=_(
                "What the department and the streets wrote is deleted for good; positions, points and dates stay."
            ),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        answered = Count("answers", filter=Q(answers__signed_at__isnull=False))
        rows: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .select_related("unit")
            .annotate(asked_=Count("answers"), answered_=answered)
        )
        return rows

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(may_consult(request.user, clock.now()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        facts = ("title", "unit", "about", "basis", "due_on", "state", "opened_at", "closed_at")
        return ConsultationForm.Meta.fields if obj is None else facts

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """For the department only, and for what may follow from the state."""
        if verb.name == "erase":
            return False
        own = obj.unit_id in own_departments(request.user, clock.today())
        return own and (verb.name == "close") == (obj.state == State.OPEN) and obj.state != State.CLOSED

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """One asks for one's own department."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "unit" and field is not None:
            field.queryset = Unit.objects.filter(pk__in=own_departments(request.user, clock.today()))
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Usually one asks for one's only department, and all streets."""
        own = sorted(own_departments(request.user, clock.today()))
        streets = list(Street.objects.order_by("code").values_list("code", flat=True))
        given = super().get_changeform_initial_data(request)
        return {"unit": own[0] if own else None, "streets": streets, **given}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Consultation:
        unit = data.pop("unit")
        entitled(may_consult(request.user, clock.now()))
        return draft_consultation(unit=unit, plan=Plan(**data), **self.who(request))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect(obj)

    def page_after(self, request: HttpRequest, obj: Any, verb: Verb) -> str:
        if verb.name == "discard":
            return reverse("admin:duties_consultation_changelist")
        return super().page_after(request, obj, verb)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "consultation", obj.pk

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: Consultation | None = context.get("original")
        if row is not None:
            answers = StreetAnswer.objects.within(scope_of(request)).filter(consultation=row)
            context["answers"] = list(
                answers.select_related("street", "consultation").defer("street__boundary").order_by("street")
            )
            context["today"] = clock.today()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("state"), ordering="state")
    def state_now(self, obj: Any) -> str | SafeString:
        missing = obj.asked_ - obj.answered_
        if obj.state == State.OPEN and missing and obj.due_on < clock.today():
            return format_html(
                '{} <strong class="admin-vacant">{}</strong>', obj.get_state_display(), _("late")
            )
        return str(obj.get_state_display())

    @admin.display(description=_("streets that have answered"))
    def progress(self, obj: Any) -> str:
        return f"{obj.answered_} / {obj.asked_}"


@admin.register(StreetAnswer)
class StreetAnswerAdmin(PersonVerbsAdmin):
    """One row a street and consultation: here streets answer, sign off and assess, and departments reply."""

    change_form_template = "admin/duties/streetanswer/change_form.html"
    list_display = ("title", "street_name", "unit", "due_on", "standing", "stands", "outcome", "score")
    list_filter = (TodoFilter, AnswerStreetFilter, PositionFilter, "outcome", "consultation__state")
    search_fields = ("consultation__title", "consultation__unit__name", "street__name")
    search_help_text = _("plan or project, department, or street")
    ordering = ("-consultation__due_on", "-consultation", "street")
    deferred = ("street__boundary",)
    noun = "answer"
    verbs = (
        Verb("answer", _("Answer for the street"), may_answer, answer_consultation, AnswerForm),
        Verb(
            "sign",
            _("Sign off the answer"),
            may_sign,
            sign_answer,
            ReadForm,
            confirm=_("With your sign-off the street has answered; the answer can no longer be changed."),
        ),
        Verb("reply", _("Reply to the proposal"), may_reply, reply_to_answer, ReplyForm),
        Verb("assess", _("Assess the project"), may_assess, assess, AssessForm),
    )
    _SIDE = {"answer": own_streets, "sign": led_streets, "assess": led_streets}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        people = ("answered_by", "signed_by", "replied_by", "assessed_by")
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("consultation__unit", "street", *people)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("title", "about", "unit", "street_name", "due_on", "standing")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """Each side is told about its own verbs."""
        today = clock.today()
        if verb.name == "reply":
            return obj.consultation.unit_id in own_departments(request.user, today)
        return obj.street_id in self._SIDE[verb.name](request.user, today)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "street_answer", obj.pk

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """What the street has not signed off is nobody else's to read."""
        row: StreetAnswer | None = context.get("original")
        own = row is not None and row.street_id in scope_of(request).streets
        context["readable"] = row is not None and (own or row.signed_at is not None)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("position"))
    def stands(self, obj: StreetAnswer) -> str:
        return str(obj.get_position_display()) if obj.signed_at else "—"

    @admin.display(description=_("plan or project"), ordering="consultation__title")
    def title(self, obj: StreetAnswer) -> str:
        return obj.consultation.title

    @admin.display(description=_("what it is about"))
    def about(self, obj: StreetAnswer) -> str:
        return obj.consultation.about

    @admin.display(description=_("department that asks"), ordering="consultation__unit")
    def unit(self, obj: StreetAnswer) -> str:
        return obj.consultation.unit.name

    @admin.display(description=_("street"), ordering="street")
    def street_name(self, obj: StreetAnswer) -> str:
        return obj.street.name

    @admin.display(description=_("answers due by"), ordering="consultation__due_on")
    def due_on(self, obj: StreetAnswer) -> dt.date:
        return obj.consultation.due_on

    @admin.display(description=_("standing"))
    def standing(self, obj: StreetAnswer) -> str | SafeString:
        return standing_of(obj, clock.today())


def standing_of(row: StreetAnswer, on: dt.date) -> str | SafeString:
    """How far the street and the department are, in words."""
    if row.signed_at is None:
        if row.consultation.state == State.CLOSED:
            return str(_("Not answered"))
        words = _("Waits to be signed off") if row.answered_at else _("To answer")
        if row.consultation.state == State.OPEN and row.consultation.due_on < on:
            return format_html('{} <strong class="admin-vacant">{}</strong>', words, _("late"))
        return str(words)
    if row.awaits_reply:
        return str(_("Waits for the reply"))
    return str(_("Replied") if row.replied_at else _("Answered"))
